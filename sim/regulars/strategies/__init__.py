"""What firms do to keep their customers: one file each, strangers to one another. The folder is the registry."""

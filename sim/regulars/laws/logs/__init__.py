"""Laws of a log: one file each, strangers to one another. The folder is the registry."""

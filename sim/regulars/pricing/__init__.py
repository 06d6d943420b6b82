"""How firms set their prices: one file each, strangers to one another. The folder is the registry."""

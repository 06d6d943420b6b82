"""Processes: behaviours of customers and forces of the world, one file each. The folder is the registry."""

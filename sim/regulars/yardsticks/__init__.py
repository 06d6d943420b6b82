"""Patterns that have been published, each with how a market is held against it: one file each, strangers to one another."""

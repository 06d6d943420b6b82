"""Mutants: right code made wrong in one small place, to see whether a test notices."""

"""Randomised pilots: which one is worth its cost, what it will tell, and the answer once its outcome is known."""

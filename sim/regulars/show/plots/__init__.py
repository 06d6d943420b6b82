"""One figure a file; each has `draw(...)`, and `message(...)`, the sentence in its title."""

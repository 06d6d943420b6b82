"""How customers decide: parameters, starting values and compiled pieces, one behaviour a file."""

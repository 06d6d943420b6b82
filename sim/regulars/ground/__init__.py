"""Ground floor: chance, compiled kernels, parameters and errors; knows nothing of loyalty."""

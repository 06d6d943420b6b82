"""Benchmarks: the reference model in C, NumPy and plain Mesa beside ours, and our larger workloads."""

"""Stored runs: which there are, and each of them as columns, read once."""

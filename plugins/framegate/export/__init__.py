"""Stored runs as tables for other tools: a row for each round."""

"""Measuring: pure Python and numpy, with the clock passed in."""

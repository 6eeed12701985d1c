"""``framegate bench``: what is here to measure a model with, and how a run spends the little time that it has."""

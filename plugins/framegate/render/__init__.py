"""What renderers share: their base classes, the oracle, and the comparison with it."""

"""Train a small "learning to see" generator: from a blurred grey picture back to the picture."""

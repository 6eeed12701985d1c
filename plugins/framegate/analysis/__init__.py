"""What model.json says of a model before it is run: shapes, parameters, arithmetic, kernels (pure: no TensorFlow)."""

"""What model.json says about a model before it is run: shapes, parameters, arithmetic, kernels (no TensorFlow)."""

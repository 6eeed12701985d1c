"""Compile a model.json to what TensorFlow runs: a GraphDef or a Keras model, of what TF.js knows only."""

"""Compile a model.json for TensorFlow: to a GraphDef or a Keras model that holds only what TF.js knows."""

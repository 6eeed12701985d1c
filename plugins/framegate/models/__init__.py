"""TF.js models: where they come from, what their model.json says, and their weights."""

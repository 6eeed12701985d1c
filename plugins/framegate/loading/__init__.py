"""Load a model from a path or a spec on a runtime, after a trial in a process of its own."""

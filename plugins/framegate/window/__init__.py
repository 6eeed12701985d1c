"""A window of this machine in which a model runs on a camera's frames, with the figures of the suites beside it."""

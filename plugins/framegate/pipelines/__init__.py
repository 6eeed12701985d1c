"""What takes frames to a screen and is measured: one module per pipeline, and the contract of all of them."""

"""The gate: is this code slower than that, and by how much, from launches of fresh processes."""

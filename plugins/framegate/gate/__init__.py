"""The gate: tells from launches of fresh processes whether code has become slower, and by how much."""

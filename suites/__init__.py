"""What Framegate measures: one file for each question a user asks."""

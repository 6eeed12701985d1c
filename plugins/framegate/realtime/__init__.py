"""Frames against a clock: schedules, queues, what reached the screen and when, and what can be said of it."""

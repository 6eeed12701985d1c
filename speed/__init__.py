"""How fast Framegate itself is: benchmarks that print figures and judge none."""

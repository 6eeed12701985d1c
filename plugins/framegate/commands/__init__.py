"""The ``framegate`` command: one module per subcommand."""

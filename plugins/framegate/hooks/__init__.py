"""pytest glue: one module per concern."""

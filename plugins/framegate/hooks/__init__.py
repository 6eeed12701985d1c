"""pytest glue: one module a concern."""

"""Reports: rows in, text out."""

"""A report as one page of HTML: facts in, text out."""

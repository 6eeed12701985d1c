"""A page for a person: a model on running pictures, in the own browser, with the scripts and figures of suites."""

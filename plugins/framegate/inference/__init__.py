"""What runtimes share: their base classes, converted models, threads, and the rule by which two runtimes agree."""

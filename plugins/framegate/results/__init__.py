"""What a cell came to: one frozen record, written to and read from ``extra_info`` of pytest-benchmark's files."""

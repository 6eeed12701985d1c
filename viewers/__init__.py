"""Opens traces in the viewers' own code: what Perfetto and the Firefox Profiler make of them."""

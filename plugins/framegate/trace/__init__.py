"""Traces of frames: a slice for each stage, in the JSON that Perfetto and the Firefox Profiler open."""

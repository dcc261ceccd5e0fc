"""``make run``: everything one machine needs, started, watched and stopped together."""

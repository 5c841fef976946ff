"""I/O: one module per outside concern."""

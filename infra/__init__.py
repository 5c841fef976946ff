"""How the parts are started and kept running."""

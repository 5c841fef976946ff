"""Kinds of chart: each takes rows and returns a picture."""

"""Quayside: from a dropped CSV to marts that add up."""

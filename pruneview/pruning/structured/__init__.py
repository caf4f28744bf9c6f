"""Structured pruning: neurons, filters, channels and heads removed for good."""

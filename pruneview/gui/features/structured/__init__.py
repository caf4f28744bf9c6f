"""Whole units of a model: what goes together, what would go, and making it smaller."""

"""Fidelity of a pruned model to its baseline, where there are no data."""

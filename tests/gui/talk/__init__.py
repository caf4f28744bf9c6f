"""A talk about pruning, given in the real window; it tests that it can be given."""

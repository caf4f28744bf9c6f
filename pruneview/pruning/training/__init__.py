"""A run: the loop, what drives it and what it leaves behind."""

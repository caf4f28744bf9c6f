"""The model of a run: built from its file, with an engine and an objective."""

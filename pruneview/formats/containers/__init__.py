"""The files and folders that a model comes in."""

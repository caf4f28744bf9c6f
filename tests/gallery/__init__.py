"""Pictures of the window in all its states, to be looked at; see `__main__`."""

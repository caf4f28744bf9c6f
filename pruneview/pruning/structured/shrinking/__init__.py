"""Making a model smaller in a session: at once, in rounds, or gradually."""

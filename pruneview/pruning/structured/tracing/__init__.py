"""Following channels through a model's configuration, from where they are made."""

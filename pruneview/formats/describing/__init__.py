"""What a model's configuration tells: abilities, code, shapes."""

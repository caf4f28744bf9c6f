"""How small weights get when they are compressed."""

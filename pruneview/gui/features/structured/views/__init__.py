"""What the structured feature shows."""

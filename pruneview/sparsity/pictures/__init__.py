"""What of a weight is drawn, and how."""

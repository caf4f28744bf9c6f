"""What can be counted over the values of a weight."""

"""What the heatmap shows: quantity, scale, order; marking and copying."""

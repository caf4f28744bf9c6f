"""What a model costs: parameters, multiplications, bytes, memory and time."""

"""What a plan means for a run and for a model, before it starts; no TensorFlow."""

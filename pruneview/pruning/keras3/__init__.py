"""Models that Keras 3 builds: opened, trained under masks, and saved."""

"""See Keras models, and watch pruning happen."""

__version__ = "0.1.0"

"""Models run through tfmot itself, on tf_keras: wrapped, trained and stripped."""

"""What each kind of layer does to channels: one function a family of layers."""

"""Which weights a mask keeps."""

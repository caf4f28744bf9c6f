"""Reading HDF5: by ourselves, or through the library once a helper process has."""

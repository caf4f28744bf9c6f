"""How Kerases of all versions lay weights out in HDF5, and what that means."""

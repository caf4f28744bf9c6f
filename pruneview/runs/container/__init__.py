"""The file a recording is: records with checksums, and slots for checkpoints."""

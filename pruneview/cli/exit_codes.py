"""What the program's exit codes mean."""

DONE = 0
FAILED = 1
BAD_INPUT = 2
STOPPED = 130

"""Why a pruned model is not smaller or faster: measured, and what would change it."""

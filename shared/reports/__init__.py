"""What leaders read: one consolidated report, computed from the views and nothing else."""

"""Backups of a congress: one file with all that it has recorded, taken while it runs, and put back."""

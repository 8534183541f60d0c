"""The sample congress, told through the real services."""

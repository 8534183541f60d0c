"""What the command line shows, drawn with rich."""

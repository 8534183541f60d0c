"""The command line. Nothing else knows typer."""

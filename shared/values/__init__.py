"""Values that events and commands are made of."""

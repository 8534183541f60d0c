"""Pages that every service has."""

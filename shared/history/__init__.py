"""What happened, read back: bytes to events, who did what and what it changed, and each event in a sentence."""

"""The past: replays, instants, differences, verification."""

"""How fast, always as a ratio against a floor measured in the same run on the same servers."""

"""The read models: a module each, which has a `VIEW`, a pure `route` and `fold`."""

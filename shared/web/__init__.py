"""The faces of a service in a browser, and its commands over HTTP."""

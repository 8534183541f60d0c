"""Where the servers are and how to reach them: settings, connections, embedded servers, child processes."""

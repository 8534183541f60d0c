"""What it costs to be safe: locks, TLS and flushing on NATS; passwords, TLS and journalling on the database."""

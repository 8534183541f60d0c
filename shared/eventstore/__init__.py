"""The event store on JetStream: envelope, streams, append, load and the ledger."""

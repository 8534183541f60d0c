"""The views as they were: folded again from the ledger, with snapshots as a cache."""

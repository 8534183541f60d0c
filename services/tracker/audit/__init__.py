"""The auditor's side: the trail, replaying the ledger, and proving that the views say what the events say."""

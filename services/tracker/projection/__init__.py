"""From the ledger to the views."""

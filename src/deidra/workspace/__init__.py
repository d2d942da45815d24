"""The owner-only folder beside the output: ledger, spool, reports for the data controller."""

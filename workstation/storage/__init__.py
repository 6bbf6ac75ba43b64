"""This disk: vault, database, study store, drafts, outbox."""

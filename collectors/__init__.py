"""Fetch: one file per source. They yield what they find and know neither store nor model."""

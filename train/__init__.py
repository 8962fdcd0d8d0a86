"""How the shipped judgements are learned, from the project's own corpus. Nothing here runs in the product."""

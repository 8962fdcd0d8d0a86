"""Judge: relevance and tone of what it is given. Knows no database, opens no socket."""

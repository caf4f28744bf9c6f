"""A run as files for others: a film, a table, a page. No Qt here."""

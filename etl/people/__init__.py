"""Who is behind the names, from evidence."""

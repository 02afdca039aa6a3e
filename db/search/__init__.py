"""What people type to search, and what it finds."""

"""Who is who in the archive: what the evidence is read from, and where decisions are written."""

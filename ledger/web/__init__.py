"""Pages: forms, views, sessions. Reads through records, writes through actions."""

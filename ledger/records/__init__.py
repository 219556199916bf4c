"""What the books remember: tables, the recipe of each database, and reads scoped to one workshop."""

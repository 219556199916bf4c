"""What is true of stipends, sales and people: pure rules over frozen values; no database, clock, files or words."""

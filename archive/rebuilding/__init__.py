"""Making the database again from the archive store alone, and comparing two sites."""

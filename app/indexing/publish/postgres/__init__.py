"""Publishing of a built set of files to PostgreSQL, and changes of single films there."""

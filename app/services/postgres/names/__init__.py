"""The titles and people of a published catalogue in memory, and their change with single films."""

"""Word search over short names: film titles and people."""

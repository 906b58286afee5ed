"""Rules of lint."""

"""Where pull requests live: one file per forge."""

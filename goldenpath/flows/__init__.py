"""What the tool does: one verb per file."""

"""From an empty laptop to a merged pull request and a running, watched, named service."""

__version__ = "0.1.0"

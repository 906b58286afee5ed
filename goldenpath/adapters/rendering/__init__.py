"""Rendering with Copier, in a process of its own. The only folder that knows Copier."""

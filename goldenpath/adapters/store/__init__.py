"""The store: one bare repository per template with deterministic commits, and the exported tree of each version.

Copier wants a repository per template. A folder's tree is committed with fixed author and date, so that the
commit's id is the same on every machine, and tagged `vVERSION`.
"""

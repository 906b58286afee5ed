#!/usr/bin/env bash
set -eu
uv run ruff check
uv run ruff format
uv run mypy
uv run pytest -q
git switch -c add-playlists
git add src tests uv.lock
git commit -m "Answer GET /playlists/{playlist_id}"

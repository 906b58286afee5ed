#!/usr/bin/env bash
set -eu
uv run ruff format
git switch -c add-playlists
git add src tests uv.lock
git commit -m "Answer GET /playlists/{playlist_id}"

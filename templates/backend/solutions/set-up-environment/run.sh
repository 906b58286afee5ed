#!/usr/bin/env bash
set -eu
uv sync
uv run pytest -q

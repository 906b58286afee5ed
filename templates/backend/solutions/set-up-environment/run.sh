#!/usr/bin/env bash
set -eu
uv sync

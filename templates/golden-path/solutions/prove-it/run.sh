#!/usr/bin/env bash
set -eu
goldenpath template lint --strict .
git add --all
git commit -m "Ask for a tagline, and teach people to keep their notes"

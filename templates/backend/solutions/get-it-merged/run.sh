#!/usr/bin/env bash
set -eu
goldenpath pr merge
git switch main
git pull

#!/usr/bin/env bash
set -eu
git push -u origin add-playlists
goldenpath pr open

#!/usr/bin/env bash
set -eu
goldenpath prod up
goldenpath prod deploy

#!/usr/bin/env bash
set -eu
promtool test rules monitoring/alerts_test.yml
git switch -c watch-unknown-playlists
git commit -a -m "Alert when playlists are unknown"
git push -u origin watch-unknown-playlists
goldenpath pr open
goldenpath pr merge
git switch main
git pull
goldenpath prod deploy

# An app with a broken link, until the alert fires.
.venv/bin/python - <<'PYTHON'
import json
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener


def told(*words):
    return json.loads(subprocess.check_output(["goldenpath", "prod", *words, "--json"]))["data"]


def states(service):
    return [each["state"] for each in told("alerts") if (each["name"], each["service"]) == ("UnknownPlaylists", service)]


(service,) = [each for each in told("status")["services"] if each["project"] == str(Path.cwd())]
deadline = time.monotonic() + 120
while "firing" not in states(service["name"]):
    if time.monotonic() > deadline:
        raise SystemExit("The alert does not fire.")
    for _ in range(3):
        with suppress(HTTPError):
            build_opener(ProxyHandler({})).open(f"{service['url']}playlists/unheard-of", timeout=5)
PYTHON

#!/usr/bin/env bash
set -eu
git switch -c count-playlists
git commit -a -m "Count the playlists that are asked for"
git push -u origin count-playlists
goldenpath pr open
goldenpath pr merge
git switch main
git pull
goldenpath prod deploy

# A few listeners.
.venv/bin/python - <<'PYTHON'
import json
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

status = json.loads(subprocess.check_output(["goldenpath", "prod", "status", "--json"]))["data"]
(address,) = [each["url"] for each in status["services"] if each["project"] == str(Path.cwd())]
for name in ("focus", "focus", "unheard-of"):
    with suppress(HTTPError):
        build_opener(ProxyHandler({})).open(f"{address}playlists/{name}", timeout=5)
PYTHON

"""The server's process: `python -m goldenpath.adapters.nameserver --port N --folder FOLDER --zone prod.test`.

It stays in the foreground, prints a line for each change, and ends at SIGTERM; with 3 when its files can't be read,
with 4 when the port is somebody else's.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
from pathlib import Path

import dns.name

from goldenpath.adapters.locking import alone
from goldenpath.adapters.nameserver.exchange import Authority
from goldenpath.adapters.nameserver.keys import kept_key
from goldenpath.adapters.nameserver.serving import HOST, opened, serve
from goldenpath.adapters.nameserver.signing import signing_key
from goldenpath.adapters.nameserver.zone import kept_zone, serial_of

_UNREADABLE, _PORT_TAKEN = 3, 4
_DEADLY = {signal.SIGTERM, signal.SIGINT}


def main() -> None:
    """Serve until SIGTERM; a change that is being made then is finished."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _DEADLY)  # before there are threads: they inherit it
    parser = argparse.ArgumentParser(prog="python -m goldenpath.adapters.nameserver")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--zone", type=dns.name.from_text, required=True)
    wanted = parser.parse_args()
    try:
        datagrams, stream = opened(wanted.port)
    except (OSError, OverflowError) as error:
        _end(_PORT_TAKEN, f"{HOST}:{wanted.port} can't be used: {error}")
    file = wanted.folder / f"{wanted.zone.to_text(omit_final_dot=True)}.zone"
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(alone(wanted.folder / "lock"))
            key = kept_key(wanted.folder / "tsig.key")
            zone = kept_zone(file, wanted.zone)
        except (OSError, ValueError) as error:
            _end(_UNREADABLE, str(error))
        authority = Authority(file, zone, signing_key(key), _say)
        serve(datagrams, stream, authority)
        _say(f"serving {wanted.zone} at {HOST}:{wanted.port}, serial {serial_of(zone.soa).value}")
        signal.sigwait(_DEADLY)
        authority.resting().acquire()


def _say(line: str) -> None:
    """Print one line at once, whatever is in it; nobody has to read it."""
    shown = "".join(each if each.isprintable() else "?" for each in line)
    with contextlib.suppress(OSError):
        os.write(1, f"{shown}\n".encode(errors="replace"))


def _end(code: int, reason: str) -> None:
    _say(f"error: {reason}")
    raise SystemExit(code)


if __name__ == "__main__":
    main()

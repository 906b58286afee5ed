"""Something listens on a port of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.checks.verdict import verdict, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Finding

KEYS: frozenset[str] = frozenset()
READS: Mapping[str, Read] = {"port": whole}


def look(check: Check, _world: World) -> Finding:
    """Connect to the port on 127.0.0.1 and let go again."""
    import socket

    port = whole(check, "port", 0)
    expected = f"something listens on 127.0.0.1:{port}"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=min(check.timeout_s, 2.0)):
            return verdict(holds=True, expected=expected, found="something does")
    except (OSError, OverflowError) as error:
        return verdict(holds=False, expected=expected, found=f"nothing does ({error})")

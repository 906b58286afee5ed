"""What several tests of production share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.production.nameservers import NameServer, bind, ours

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FULL_ZONE = """\
$ORIGIN prod.test.
$TTL 300
@          3600 IN SOA ns hostmaster 7 3600 600 604800 120
@          IN NS    ns
@          IN MX    10 mail
@          IN TXT   "v=spf1 -all"
ns         IN A     127.0.0.1
ns         IN AAAA  ::1
mail       IN A     127.0.0.2
www        IN A     127.0.0.3
www        IN A     127.0.0.4
Mixed      IN A     127.0.0.5
one        IN CNAME two
two        IN CNAME Three
three      IN CNAME www
broken     IN CNAME nowhere
outside    IN CNAME www.example.com.
loop       IN CNAME pool
pool       IN CNAME loop
toward     IN CNAME below.child
*.wild     IN A     127.0.0.6
*.wild     IN TXT   "a wildcard"
real.wild  IN TXT   "not a wildcard"
*.alias    IN CNAME www
deep.in.it IN A     127.0.0.7
child      IN NS    ns.child
child      IN NS    ns.example.com.
child      IN DS    1 13 2 {digest}
ns.child   IN A     127.0.0.8
_sip._tcp  IN SRV   1 2 5060 www
@          IN CAA   0 issue "ca.example.com"
text       IN TXT   "with \\"quotes\\"; and a semicolon" "second"
middle     IN TXT   {middle}
large      IN TXT   {large}
many       IN TXT   "0"
{many}
odd\\.name IN A     127.0.0.9
unknown    IN TYPE65280 \\# 4 0a000001
short      0 IN A   127.0.0.10
""".format(
    digest="ab" * 32,
    middle=" ".join(f'"{"m" * 200}"' for _ in range(3)),
    large=" ".join(f'"{"l" * 200}"' for _ in range(8)),
    many="\n".join(f'many IN TXT "{number}{"x" * 90}"' for number in range(9)),
)


@pytest.fixture
def our_nameserver(tmp_path: Path) -> Iterator[NameServer]:
    """Our server with the zone that it makes itself."""
    with ours(tmp_path / "ours") as server:
        yield server


@pytest.fixture(scope="module")
def two_nameservers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[NameServer, NameServer]]:
    """Ours and BIND, with the same large zone, for tests that only ask."""
    folder = tmp_path_factory.mktemp("two")
    with ours(folder / "ours", FULL_ZONE) as own, bind(folder / "bind", own, FULL_ZONE) as oracle:
        yield own, oracle


@pytest.fixture(scope="module")
def two_changing_nameservers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[NameServer, NameServer]]:
    """Ours and BIND, with the same large zone, for tests that change both in the same way."""
    folder = tmp_path_factory.mktemp("changing")
    with ours(folder / "ours", FULL_ZONE) as own, bind(folder / "bind", own, FULL_ZONE) as oracle:
        yield own, oracle

"""Plans for the zone, from a file in git, made and applied by octoDNS: on our server, and on BIND as well."""

from __future__ import annotations

import signal
import subprocess
import threading
from typing import TYPE_CHECKING

import dns.update
import pytest
from dns.rcode import NOERROR

from goldenpath.adapters.nameserver.asking import ask
from goldenpath.adapters.zone_plans import apply, plan
from goldenpath.core.errors import ChecksFailedError, GoldenpathError, MachineError, TemplateError
from goldenpath.core.zone_plan import ZoneChange, ZonePlan
from tests.production.nameservers import ZONE, NameServer, bind, ours, records, send, serial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EMPTY_ZONE = """\
@ 60 IN SOA ns.prod.test. hostmaster.prod.test. 1 3600 600 604800 60
@ 60 IN NS ns.prod.test.
ns.prod.test. 60 IN A 127.0.0.1
"""
FILE = """\
www:
  type: A
  values: [127.0.0.2, 127.0.0.3]
shop:
  - {type: A, ttl: 30, value: 127.0.0.4}
  - {type: MX, value: {preference: 10, exchange: www.prod.test.}}
alias:
  type: CNAME
  value: www.prod.test.
"*.any":
  type: AAAA
  value: "::1"
text:
  type: TXT
  values: ["a b; c", 'says "hi"', "%s"]
"": {type: CAA, value: {flags: 0, tag: issue, value: ca.example.com}}
""" % ("x" * 600)  # fmt: skip


@pytest.fixture(params=["ours", "bind"])
def planned_nameserver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NameServer]:
    """A server that has nothing but its own name: ours, or BIND."""
    with ours(tmp_path / "ours") as own:
        if request.param == "ours":
            yield own
        else:
            with bind(tmp_path / "bind", own, EMPTY_ZONE) as oracle:
                yield oracle


@pytest.fixture
def zones(tmp_path: Path) -> Path:
    """The folder of zone files."""
    folder = tmp_path / "a b" / "zones"
    folder.mkdir(parents=True)
    return folder


def planned(server: NameServer, zones: Path, text: str) -> ZonePlan:
    """The plan for this text as the zone file."""
    (zones / f"{ZONE}.yaml").write_text(text)
    return plan(zones, server.port, server.folder / "tsig.key")


def applied(server: NameServer, zones: Path, text: str, *, is_forced: bool = False) -> ZonePlan:
    """What was applied of this text as the zone file."""
    (zones / f"{ZONE}.yaml").write_text(text)
    return apply(zones, server.port, server.folder / "tsig.key", is_forced=is_forced)


def addresses(*names: str) -> str:
    """A zone file in which each of the names has an address."""
    return "".join(f"{name}: {{type: A, value: 127.0.0.9}}\n" for name in names) or "{}\n"


NOTHING_LEFT = ZonePlan(changes=(), existing=7, unsafe="")


def test_a_zone_is_planned_and_applied(planned_nameserver: NameServer, zones: Path) -> None:
    first = planned(planned_nameserver, zones, FILE)
    assert {(each.action, each.name, each.type) for each in first.changes} == {
        ("create", "www.prod.test", "A"),
        ("create", "shop.prod.test", "A"),
        ("create", "shop.prod.test", "MX"),
        ("create", "alias.prod.test", "CNAME"),
        ("create", "*.any.prod.test", "AAAA"),
        ("create", "text.prod.test", "TXT"),
        ("create", "prod.test", "CAA"),
    }
    assert (first.existing, first.unsafe) == (0, "")
    assert serial(planned_nameserver) == 1, "a plan changes nothing"
    assert applied(planned_nameserver, zones, FILE) == first
    assert ask(planned_nameserver.port, "alias.prod.test", "A", 5) == ("127.0.0.2", "127.0.0.3")
    said = ask(planned_nameserver.port, "text.prod.test", "TXT", 5)
    assert said == ('"a b; c"', '"says \\"hi\\""', f'"{"x" * 255}" "{"x" * 255}" "{"x" * 90}"')
    assert planned(planned_nameserver, zones, FILE) == NOTHING_LEFT
    before = serial(planned_nameserver)
    assert applied(planned_nameserver, zones, FILE) == NOTHING_LEFT
    assert serial(planned_nameserver) == before


def test_a_change_says_what_was_and_what_will_be(planned_nameserver: NameServer, zones: Path) -> None:
    applied(
        planned_nameserver, zones, "www: {type: A, values: [127.0.0.2, 127.0.0.3]}\nold: {type: A, value: 127.0.0.4}\n"
    )
    changed = "www: {type: A, ttl: 30, value: 127.0.0.2}\nnew: {type: A, value: 127.0.0.5}\n"
    wanted = (
        ZoneChange("delete", "old.prod.test", "A", ("127.0.0.4",), (), 0, 60),
        ZoneChange("create", "new.prod.test", "A", (), ("127.0.0.5",), 60, 0),
        ZoneChange("update", "www.prod.test", "A", ("127.0.0.2", "127.0.0.3"), ("127.0.0.2",), 30, 60),
    )
    assert applied(planned_nameserver, zones, changed) == ZonePlan(wanted, 2, "")
    assert "www.prod.test. 30 in a 127.0.0.2" in records(planned_nameserver)
    assert planned(planned_nameserver, zones, changed).changes == ()


def test_an_alias_takes_the_place_of_data_and_gives_it_back(planned_nameserver: NameServer, zones: Path) -> None:
    for text in (addresses("www"), "www: {type: CNAME, value: ns.prod.test.}\n", addresses("www")):
        applied(planned_nameserver, zones, text)
        assert planned(planned_nameserver, zones, text).changes == ()


def test_the_servers_own_names_stay_when_the_file_says_nothing_of_them(
    planned_nameserver: NameServer, zones: Path
) -> None:
    own = records(planned_nameserver)
    assert planned(planned_nameserver, zones, "{}\n") == ZonePlan((), 0, "")
    applied(planned_nameserver, zones, addresses("www"))
    applied(planned_nameserver, zones, "{}\n")
    assert records(planned_nameserver) == own


def test_the_servers_own_names_may_stand_in_the_file(planned_nameserver: NameServer, zones: Path) -> None:
    text = '"": {type: NS, value: ns.prod.test.}\nns: {type: A, value: 127.0.0.1}\n'
    assert planned(planned_nameserver, zones, text).changes == ()
    moved = text.replace("127.0.0.1", "127.0.0.2")
    assert [each.name for each in applied(planned_nameserver, zones, moved).changes] == ["ns.prod.test"]
    other = text.replace("value: ns.prod.test.", "value: ns.example.com.")
    assert "Root NS" in planned(planned_nameserver, zones, other).unsafe
    with pytest.raises(ChecksFailedError, match="Root NS"):
        applied(planned_nameserver, zones, other)


def test_a_server_without_address_is_refused_by_the_server(planned_nameserver: NameServer, zones: Path) -> None:
    before = records(planned_nameserver)
    with pytest.raises(MachineError, match="REFUSED"):
        applied(
            planned_nameserver, zones, "ns: {type: CNAME, value: www.prod.test.}\nwww: {type: A, value: 127.0.0.1}\n"
        )
    assert records(planned_nameserver) == before


UNSAFE = {
    "all of three": (("a", "b", "c"), ()),
    "two of three": (("a", "b", "c"), ("a",)),
    "three of four": (("a", "b", "c", "d"), ("a",)),
    "all of twelve": (tuple("abcdefghijkl"), ()),
    "all of three for others": (("a", "b", "c"), ("d", "e", "f")),
}


@pytest.mark.parametrize(("before", "after"), UNSAFE.values(), ids=UNSAFE)
def test_a_plan_that_deletes_too_much_is_refused(
    before: tuple[str, ...], after: tuple[str, ...], our_nameserver: NameServer, zones: Path
) -> None:
    applied(our_nameserver, zones, addresses(*before))
    served = records(our_nameserver)
    unsafe = planned(our_nameserver, zones, addresses(*after))
    assert unsafe.existing == len(before)
    assert unsafe.unsafe.startswith("Too many deletes, ")
    with pytest.raises(ChecksFailedError, match="Too many deletes") as refusal:
        applied(our_nameserver, zones, addresses(*after))
    assert "--force" in refusal.value.hint
    assert records(our_nameserver) == served
    assert applied(our_nameserver, zones, addresses(*after), is_forced=True).unsafe == unsafe.unsafe
    assert planned(our_nameserver, zones, addresses(*after)) == ZonePlan((), len(after), "")


SAFE = {"one of one": (("a",), ()), "both of two": (("a", "b"), ()), "one of three": (("a", "b", "c"), ("a", "b"))}


@pytest.mark.parametrize(("before", "after"), SAFE.values(), ids=SAFE)
def test_a_name_can_be_taken_away(
    before: tuple[str, ...], after: tuple[str, ...], our_nameserver: NameServer, zones: Path
) -> None:
    applied(our_nameserver, zones, addresses(*before))
    assert applied(our_nameserver, zones, addresses(*after)).unsafe == ""
    assert ask(our_nameserver.port, f"{before[-1]}.{ZONE}", "A", 5) == ()


def test_too_many_updates_are_refused(our_nameserver: NameServer, zones: Path) -> None:
    text = addresses("a", "b", "c")
    applied(our_nameserver, zones, text)
    with pytest.raises(ChecksFailedError, match="Too many updates"):
        applied(our_nameserver, zones, text.replace("127.0.0.9", "127.0.0.8"))


WRONG = {
    "empty": ("", 1, "it is empty"),
    "comments only": ("---\n# all gone\n", 1, "it is empty"),
    "a list": ("- www\n", 1, "it must map names to records"),
    "no YAML": ("www:\n  type: A\n value: 127.0.0.1\n", 3, "not valid YAML"),
    "a name twice": ("www: {type: A, value: 127.0.0.1}\nwww: {type: A, value: 127.0.0.2}\n", 2, "stands there twice"),
    "a key twice": ("www:\n  type: A\n  value: 127.0.0.1\n  value: 127.0.0.2\n", 4, "stands there twice"),
    "no record": ("a: {type: A, value: 127.0.0.1}\nwww: 127.0.0.1\n", 2, "`www` needs a record"),
    "no record in a list": ("www:\n  - 127.0.0.1\n", 1, "`www` needs a record"),
    "no type": ("a: {type: A, value: 127.0.0.1}\nwww:\n  value: 127.0.0.1\n", 3, "missing type"),
    "no such type": ("www:\n  type: ADDRESS\n  value: 127.0.0.1\n", 2, "ADDRESS"),
    "no address": ("www:\n  type: A\n  value: localhost\n", 2, "invalid IPv4 address"),
    "no value": ("www:\n  type: A\n", 2, "missing value"),
    "no dot at the end": ("www:\n  type: CNAME\n  value: a.prod.test\n", 2, "missing trailing ."),
    "a mail server without a dot": ("www:\n  type: MX\n  value: {preference: 1, exchange: a.b}\n", 2, "trailing ."),
    "an alias of itself": ("www:\n  type: CNAME\n  value: www.prod.test.\n", 2, "Loop detected"),
    "an alias beside data": ("www:\n- {type: A, value: 127.0.0.1}\n- {type: CNAME, value: b.prod.test.}\n", 2, "exist"),
    "a type twice": ("www:\n- {type: A, value: 127.0.0.1}\n- {type: A, value: 127.0.0.2}\n", 2, "Duplicate record"),
    "a TTL that is none": ("www:\n  type: A\n  ttl: -1\n  value: 127.0.0.1\n", 2, "invalid ttl"),
    "a text that is none": ("www:\n  type: TXT\n  value: 5\n", 0, "octoDNS can't read it"),
    "an alias of the apex": ('"":\n  type: CNAME\n  value: a.prod.test.\n', 2, "root CNAME not allowed"),
    "a file of somebody else": ("www: !include /etc/hostname\n", 1, "!include"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "problem"), WRONG.values(), ids=WRONG)
def test_a_file_that_is_wrong_changes_nothing(
    text: str, line: int, problem: str, our_nameserver: NameServer, zones: Path
) -> None:
    for attempt in (planned, applied):
        with pytest.raises(TemplateError) as error:
            attempt(our_nameserver, zones, text)
        assert problem in error.value.message
        assert error.value.message.startswith(f"zones/prod.test.yaml:{line or ''}")
        assert str(zones) not in error.value.message
        assert not set("\n()") & set(error.value.message.replace("value(s)", ""))
        assert "octodns.json" not in error.value.message
        assert not error.value.message.endswith(":")
        assert error.value.hint
    assert serial(our_nameserver) == 1


def test_a_file_that_is_not_there_is_no_empty_one(our_nameserver: NameServer, zones: Path) -> None:
    with pytest.raises(TemplateError, match="there is no such file"):
        plan(zones, our_nameserver.port, our_nameserver.folder / "tsig.key")


def test_a_server_that_does_not_answer_is_said(our_nameserver: NameServer, zones: Path) -> None:
    our_nameserver.end(signal.SIGKILL)
    with pytest.raises(MachineError, match="refused"):
        planned(our_nameserver, zones, FILE)


def test_a_key_that_is_not_the_servers_is_said(our_nameserver: NameServer, zones: Path, tmp_path: Path) -> None:
    with ours(tmp_path / "other") as other:
        (zones / f"{ZONE}.yaml").write_text(FILE)
        with pytest.raises(MachineError, match=r"(?i)signature|BADSIG") as error:
            apply(zones, our_nameserver.port, other.folder / "tsig.key")
    assert serial(our_nameserver) == 1
    assert "prod status" in error.value.hint


def test_what_octodns_can_not_write_is_no_success(our_nameserver: NameServer, zones: Path) -> None:
    """octoDNS 1.22 writes a backslash of a text without escaping it."""
    with pytest.raises(MachineError, match=r"still differs from the file: text\.prod\.test TXT"):
        applied(our_nameserver, zones, 'text: {type: TXT, value: "back\\\\slash"}\n')


def test_what_others_changed_is_changed_back(our_nameserver: NameServer, zones: Path) -> None:
    applied(our_nameserver, zones, addresses("a", "b", "c"))
    update = dns.update.UpdateMessage(ZONE)
    update.add("sneaked", 60, "A", "127.0.0.8")
    assert send(our_nameserver, update).rcode() == NOERROR
    (change,) = applied(our_nameserver, zones, addresses("a", "b", "c")).changes
    assert (change.action, change.name) == ("delete", "sneaked.prod.test")


def test_two_at_once_do_not_meet(our_nameserver: NameServer, zones: Path) -> None:
    failures: list[GoldenpathError] = []
    (zones / f"{ZONE}.yaml").write_text(addresses("a", "b", "c"))

    def work() -> None:
        try:
            apply(zones, our_nameserver.port, our_nameserver.folder / "tsig.key")
        except GoldenpathError as error:
            failures.append(error)

    both = [threading.Thread(target=work) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert failures == []
    assert serial(our_nameserver) == 2


def test_the_secret_is_no_argument(our_nameserver: NameServer, zones: Path) -> None:
    seen: list[str] = []
    secret = (our_nameserver.folder / "tsig.key").read_text().split('"')[3]
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            seen.append(
                subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=False).stdout
            )

    watcher = threading.Thread(target=watch)
    watcher.start()
    applied(our_nameserver, zones, FILE)
    ended.set()
    watcher.join()
    assert any("zone_plans.worker apply" in each for each in seen)
    assert not any(secret in each for each in seen)
    assert secret not in our_nameserver.log

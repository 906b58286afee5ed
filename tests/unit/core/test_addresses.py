"""Addresses: what git may be given, and what is shown of it."""

from __future__ import annotations

import pytest

from goldenpath.core.addresses import is_address, short_name, without_credentials, without_credentials_in


@pytest.mark.parametrize(
    "text",
    ["https://h/a", "http://h/a.git", "ssh://git@h:22/a", "file:///a/b", "git://h/a", "git@h:a/b.git", "me@h.org:~/x"],
)
def test_an_address_is_recognised(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        *("--upload-pack=x@y:;touch /tmp/pwned;true", "-x@y:z", "ext::sh -c id", "ext::sh://x", "a", "./a", "/a/b"),
        *(
            "https://h/a b",
            "ssh://-oProxyCommand=x/a",
            "git@-oProxyCommand=x:a",
            "ftp://h/a",
            "https://",
            "x https://h/a",
        ),
        *("https://h/a\n", "--upload-pack=x://y"),
        *("https://evil?@good/a.git", "https://evil#@good/a", "https://evil\\@good/a", "ssh://evil?@good/a"),
    ],
)
def test_what_git_could_run_is_no_address(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://me:secret@h/a", "https://h/a"),
        ("https://token@h/a", "https://h/a"),
        ("https://me:p@ss@h/a@b", "https://h/a@b"),
        ("ssh://git:secret@h/a", "ssh://git@h/a"),
        ("ssh://git@h/a", "ssh://git@h/a"),
        ("git@h:a", "git@h:a"),
        ("https://h/a", "https://h/a"),
        ("https://me:a/secret@h:1/a", "https://h:1/a"),
        ("https://me:a?secret@h/a", "https://h/a"),
        ("https://[::1]:8/a@b", "https://[::1]:8/a@b"),
        ("https://h:80/a@b", "https://h:80/a@b"),
        ("HTTPS://me:secret@h/a", "HTTPS://h/a"),
        ("git+https://me:secret@h/a", "git+https://h/a"),
        ("ftp://secret@h/a", "ftp://h/a"),
        ("https://h/a?private_token=secret", "https://h/a"),
        ("me:secret@h:a", "me@h:a"),
        ("./a", "./a"),
    ],
)
def test_no_credentials_are_shown(address: str, shown: str) -> None:
    assert without_credentials(address) == shown


def test_what_git_said_is_shown_without_credentials_too() -> None:
    said = "fatal: unable to access 'https://me@secret@h:1/x.git?token=secret': refused by https://h/ (me@h.org)"
    assert without_credentials_in(said) == (
        "fatal: unable to access 'https://h:1/x.git': refused by https://h/ (me@h.org)"
    )


@pytest.mark.parametrize("address", ["https://h/x/shop.git", "https://h/shop/", "git@h:shop.git", "git@h:x/shop"])
def test_a_repository_has_a_short_name(address: str) -> None:
    assert short_name(address) == "shop"

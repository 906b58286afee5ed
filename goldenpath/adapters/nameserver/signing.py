"""Who signed a request, and the answers to those whose signature is not right (RFC 8945, section 5)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

import dns.message
import dns.rdtypes.ANY.TSIG
import dns.rrset
import dns.tsig
from dns.rcode import BADKEY, BADSIG, BADTIME, NOTAUTH
from dns.rdataclass import ANY
from dns.rdatatype import TSIG

if TYPE_CHECKING:
    from dns.message import Message
    from dns.rcode import Rcode

    from goldenpath.adapters.nameserver.keys import Key

_ERRORS: dict[type[Exception], Rcode] = {
    dns.message.UnknownTSIGKey: BADKEY,
    dns.tsig.BadKey: BADKEY,
    dns.tsig.BadAlgorithm: BADKEY,
    dns.tsig.BadSignature: BADSIG,
    dns.tsig.BadTime: BADTIME,
}
_FUDGE_S = 300


class BadSignatureError(Exception):
    """A request whose signature is not right, with the response code that says how."""

    def __init__(self, rcode: Rcode) -> None:
        super().__init__(rcode.name)
        self.rcode = rcode


def signing_key(key: Key) -> dns.tsig.Key:
    """The key as dnspython has it."""
    return dns.tsig.Key(key.name, key.secret, key.algorithm)


def read(wire: bytes, key: dns.tsig.Key) -> Message:
    """The message, whose signature, if it has one, is right. Raises BadSignatureError, and DNSException for garbage."""
    try:
        return dns.message.from_wire(wire, keyring={key.name: key})
    except tuple(_ERRORS) as error:
        raise BadSignatureError(_ERRORS[type(error)]) from error


def turned_away(wire: bytes, key: dns.tsig.Key, rcode: Rcode) -> bytes:
    """The answer to a message whose signature is wrong. Only a wrong time is answered with a signature of ours."""
    message = dns.message.from_wire(wire, keyring=False)
    theirs = cast("dns.rdtypes.ANY.TSIG.TSIG", cast("dns.rrset.RRset", message.tsig)[0])
    response = dns.message.make_response(message)
    response.set_rcode(NOTAUTH)
    other = int(time.time()).to_bytes(6, "big") if rcode == BADTIME else b""
    ours = dns.rdtypes.ANY.TSIG.TSIG(  # type: ignore[no-untyped-call]
        ANY, TSIG, theirs.algorithm, theirs.time_signed, _FUDGE_S, b"", message.id, rcode, other
    )
    if rcode == BADTIME:
        unsigned = response.to_wire()
        ours, _ = dns.tsig.sign(unsigned, key, ours, theirs.time_signed, theirs.mac)  # type: ignore[no-untyped-call]
    response.tsig = dns.rrset.from_rdata(message.keyname or key.name, 0, ours)
    return response.to_wire()

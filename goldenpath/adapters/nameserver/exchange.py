"""One request in, its response out: who may ask for what, of the zone as it is now."""

from __future__ import annotations

import struct
import threading
from typing import TYPE_CHECKING, cast

import dns.exception
import dns.message
from dns.flags import AA, DO, QR
from dns.opcode import QUERY, UPDATE
from dns.rcode import BADVERS, FORMERR, NOERROR, NOTIMP, REFUSED, SERVFAIL

from goldenpath.adapters.nameserver.answering import answer, is_transfer, transfer
from goldenpath.adapters.nameserver.signing import BadSignatureError, read, turned_away
from goldenpath.adapters.nameserver.updating import updated
from goldenpath.adapters.nameserver.zone import RefusedError, keep_zone, serial_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dns.message import Message
    from dns.rcode import Rcode
    from dns.tsig import Key
    from dns.update import UpdateMessage

    from goldenpath.adapters.nameserver.zone import Zone

UDP_BYTES = 1232
"""The largest datagram, whatever the other side takes: no packet of this size is ever cut up on its way."""
_LEAST_UDP_BYTES = 512
_TCP_BYTES = 65535
_HEADER_BYTES = 12


class Authority:
    """The server's zone, whose file is written before a change is answered. Threads may share it."""

    def __init__(self, file: Path, zone: Zone, key: Key, say: Callable[[str], None]) -> None:
        self._file = file
        self._zone = zone
        self._key = key
        self._say = say
        self._changing = threading.Lock()

    def resting(self) -> threading.Lock:
        """Held by whoever wants no change to begin any more."""
        return self._changing

    def responses(self, wire: bytes, peer: str, *, is_tcp: bool) -> Iterator[bytes]:
        """What is sent back: nothing for what is no request, several messages for a transfer."""
        if len(wire) < _HEADER_BYTES or (flags := _flags(wire)) & QR:
            return
        opcode = (flags >> 11) & 0xF
        if opcode not in {QUERY, UPDATE}:
            yield _bare(wire, NOTIMP)
            return
        try:
            message = read(wire, self._key)
            if opcode == UPDATE:
                yield self._update(cast("UpdateMessage", message), peer)
            else:
                yield from self._query(message, is_tcp=is_tcp)
        except BadSignatureError as error:
            self._say(f"{'UPDATE' if opcode == UPDATE else 'QUERY'} refused from {peer}: {error.rcode.name}")
            yield turned_away(wire, self._key, error.rcode)
        except dns.exception.DNSException:
            yield _bare(wire, FORMERR)
        except Exception as error:  # noqa: BLE001 - what nobody foresaw in a packet must not end the server
            self._say(f"a request from {peer} met a bug: {type(error).__name__}: {error}")
            yield _bare(wire, SERVFAIL)

    def _query(self, query: Message, *, is_tcp: bool) -> Iterator[bytes]:
        zone = self._zone
        response = _response(query)
        try:
            _answer(zone, query, response)
            if is_tcp and is_transfer(query.question[0].rdtype):
                yield from _transferred(zone, query)
                return
        except RefusedError as error:
            response.set_rcode(error.rcode)
        most = _TCP_BYTES if is_tcp else min(max(query.payload, _LEAST_UDP_BYTES), UDP_BYTES)
        yield response.to_wire(max_size=most, prefer_truncation=True)

    def _update(self, update: UpdateMessage, peer: str) -> bytes:
        response = _response(update)
        rcode = self._change(update, peer) if update.had_tsig else REFUSED
        if not update.had_tsig:
            self._say(f"UPDATE refused from {peer}: not signed")
        response.set_rcode(rcode)
        return response.to_wire(max_size=_LEAST_UDP_BYTES, prefer_truncation=True)

    def _change(self, update: UpdateMessage, peer: str) -> Rcode:
        who = f"from {peer} by {update.keyname}"
        with self._changing:
            try:
                changed = updated(self._zone, update)
                if changed is not self._zone:
                    keep_zone(self._file, changed)
            except RefusedError as error:
                self._say(f"UPDATE refused {who}: {error.rcode.name}")
                return error.rcode
            except (OSError, ValueError) as error:
                self._say(f"UPDATE not kept {who}: {error}")
                return SERVFAIL
            self._zone = changed
        self._say(f"UPDATE taken {who}: serial {serial_of(changed.soa).value}")
        return NOERROR


def _flags(wire: bytes) -> int:
    return int(struct.unpack_from("!H", wire, 2)[0])


def _bare(wire: bytes, rcode: Rcode) -> bytes:
    """A header that says no: the request's id, opcode and wish for recursion, and no section."""
    return wire[:2] + struct.pack("!HHHHH", QR | (_flags(wire) & 0x7900) | rcode, 0, 0, 0, 0)


def _response(query: Message) -> Message:
    response = dns.message.make_response(query, our_payload=UDP_BYTES, pad=0)
    if query.edns >= 0:
        response.ednsflags |= query.ednsflags & DO
    return response


def _answer(zone: Zone, query: Message, response: Message) -> None:
    """Fill in the response. Raises RefusedError. A transfer's is its first record, which is all that UDP has of it."""
    if query.edns > 0:
        raise RefusedError(BADVERS)
    if len(query.question) != 1:
        raise RefusedError(FORMERR)
    if is_transfer(query.question[0].rdtype):
        response.answer += next(transfer(zone, query.question[0]))[:1]
        response.flags |= AA
    else:
        answer(zone, response)


def _transferred(zone: Zone, query: Message) -> Iterator[bytes]:
    signing = None
    for section in transfer(zone, query.question[0]):
        response = _response(query)
        response.answer = section
        response.flags |= AA
        yield response.to_wire(max_size=_TCP_BYTES, multi=True, tsig_ctx=signing)
        signing = response.tsig_ctx

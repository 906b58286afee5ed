"""Around every request: an id, a log line, the metrics, an answer whatever goes wrong."""

import re
from time import perf_counter
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import error_response
from .metrics import Metrics

HEADER = "X-Request-ID"
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,128}")

log = structlog.stdlib.get_logger(__name__)


class RequestContext:
    """ASGI middleware; the outermost, so that it sees every answer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        request_id = accept_or_make_id(Headers(scope=scope).get(HEADER))
        started = perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except Exception:
                log.exception("request failed")
                if status:  # Half an answer is out; only the server can break it off.
                    raise
                response = error_response(500, "Something went wrong on our side.", request_id)
                await response(scope, receive, send_with_id)
            finally:
                self.record(scope, status, perf_counter() - started)

    def record(self, scope: Scope, status: int, seconds: float) -> None:
        """Count and log a request under its route's template."""
        route = getattr(scope.get("route"), "path", None)
        self.metrics.observe(scope["method"], route, status, seconds)
        log.info(
            "request",
            method=scope["method"],
            path=scope["path"],
            route=route,
            status=status,
            duration_ms=round(seconds * 1000, 1),
        )


def accept_or_make_id(given: str | None) -> str:
    """Return the caller's id, or a new one if there is none that is safe to log."""
    if given and ACCEPTABLE.fullmatch(given):
        return given
    return uuid4().hex

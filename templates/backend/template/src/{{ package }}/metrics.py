"""How often, how well and how fast the service answers, in Prometheus' terms."""

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, ProcessCollector

from . import VERSION

METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
UNMATCHED = "unmatched"


class Metrics:
    """The numbers of one service; monitoring/ asks for them by these names."""

    def __init__(self, commit: str) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "http_requests_total",
            "Requests that were answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.duration = Histogram(
            "http_request_duration_seconds",
            "Time from the request to the end of its answer.",
            ["method", "route"],
            registry=self.registry,
        )
        build = Info("service", "Which build this is.", registry=self.registry)
        build.info({"version": VERSION, "commit": commit})
        ProcessCollector(registry=self.registry)

    def observe(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count one request. Callers choose methods and paths: only known ones become labels."""
        method = method if method in METHODS else "other"
        route = route or UNMATCHED
        self.requests.labels(method, route, str(status)).inc()
        self.duration.labels(method, route).observe(seconds)

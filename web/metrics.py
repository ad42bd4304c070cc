"""What a server counts, for Prometheus: how much is asked, how long it takes, what is refused. Never what was looked for."""

from __future__ import annotations

import time
from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector
from starlette.types import Scope

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# A search takes milliseconds, an upload tens of them, a model's answer seconds.
STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The figures of one server; no globals, as a process may have several."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "imsearch_requests",
            "Requests by route, method and status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "imsearch_request_seconds", "Until the answer was sent.", ("route",), buckets=STEPS, registry=self.registry
        )

    def gauge(self, name: str, told: str, value: Callable[[], float]) -> None:
        """A figure that is looked up when it is asked for."""
        Gauge(f"imsearch_{name}", told, registry=self.registry).set_function(value)

    def count(self, scope: Scope, status: int, since: float) -> None:
        """A request that was answered; `since` by time.perf_counter()."""
        # labels from a fixed set: a stranger could otherwise fill the memory with addresses
        route = getattr(scope.get("route"), "path", None) or (
            "/static" if scope["path"].startswith("/static/") else "none"
        )
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(time.perf_counter() - since)


def router(metrics: Metrics) -> APIRouter:
    """`/metrics` of one server."""
    made = APIRouter(tags=["health"])

    @made.get("/metrics", response_class=Response)
    def told() -> Response:
        """Figures in Prometheus' own form."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return made

"""Metrics of the server in Prometheus' text format: requests, images, batches, refusals, time, memory.

Each server has its own registry, so that several may live in one process. Nothing tells what was read.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.005, 0.01, 0.02, 0.03, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_IMAGES = (1, 2, 4, 8, 16, 32)


class ServerMetrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        own = {"namespace": "glyphlab", "registry": self._registry}
        self.requests = Counter("requests", "Requests that were answered.", ["route", "status"], **own)
        self.seconds = Histogram("request_seconds", "Time to the answer.", ["route"], buckets=_SECONDS, **own)
        self.images = Counter("images", "Images that were read.", ["kind"], **own)
        self.refusals = Counter("refusals", "Requests that were refused.", ["code"], **own)
        self.batch = Histogram("batch_images", "Words that were read together.", buckets=_IMAGES, **own)
        self.in_progress = Gauge("requests_in_progress", "Requests to read that are worked on.", **own)
        self.held = Gauge("held_bytes", "Bytes of images that are held.", **own)

    def text(self) -> bytes:
        """Return all of it as Prometheus reads it."""
        return generate_latest(self._registry)

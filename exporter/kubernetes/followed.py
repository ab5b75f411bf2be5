"""What a watch of the Kubernetes API says about itself."""

from collections.abc import Iterator
from typing import Any

from exporter.kubernetes import catalog
from exporter.kubernetes.watch import Watch
from exporter.metric import Point


def points(watch: Watch[Any], at: float) -> Iterator[Point]:
    """How its requests ended, and how long ago the server was heard, at `at` (monotonic seconds)."""
    labels = (("resource", watch.feed.resource),)
    for outcome, count in watch.requests.items():
        yield catalog.API.at((*labels, ("outcome", outcome)), count)
    age = watch.age(at)
    if age is not None:
        yield catalog.API_AGE.at(labels, age)


def pending(watch: Watch[Any]) -> tuple[str, ...]:
    """Its resource, while the server was neither heard nor failed to answer."""
    return () if watch.objects is not None or any(watch.requests.values()) else (watch.feed.resource,)

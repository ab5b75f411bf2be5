"""The metric catalogue: every metric that a panel reads, as its component exports it."""

from collections.abc import Mapping
from typing import Final

from dashboards.catalog.billing import BILLING
from dashboards.catalog.cilium import CILIUM
from dashboards.catalog.gateway import GATEWAY
from dashboards.catalog.gpu import GPU
from dashboards.catalog.identity import IDENTITY
from dashboards.catalog.kubernetes import KUBERNETES
from dashboards.catalog.language import JOINED, LANGUAGE
from dashboards.catalog.postgres import POSTGRES
from dashboards.catalog.retrieval import RETRIEVAL
from dashboards.catalog.usage import USAGE
from dashboards.metric import Metric

METRICS: Final[Mapping[str, Metric]] = {
    **GATEWAY,
    **KUBERNETES,
    **CILIUM,
    **POSTGRES,
    **USAGE,
    **LANGUAGE,
    **JOINED,
    **GPU,
    **RETRIEVAL,
    **IDENTITY,
    **BILLING,
}
"""By name, a histogram without its suffixes."""


def metric_of(name: str) -> Metric:
    """The entry of a metric; KeyError for one that the catalogue lacks."""
    return METRICS[name]

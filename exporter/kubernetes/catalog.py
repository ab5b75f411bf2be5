"""The metrics about watches of the Kubernetes API, as one table."""

from typing import Final

from exporter.metric import Metric

API: Final = Metric(
    "emberline_kubernetes_requests_total", "counter", "Requests to the Kubernetes API, by resource and how they ended."
)
API_AGE: Final = Metric(
    "emberline_kubernetes_age_seconds", "gauge", "Time since the Kubernetes API was last heard of this resource."
)

"""The metrics about KServe, as one table."""

from typing import Final

from exporter.metric import Metric

SERVICES: Final = Metric(
    "emberline_kserve_inference_services", "gauge", "InferenceServices that the Kubernetes API has, by namespace."
)
INFO: Final = Metric(
    "emberline_kserve_inference_service_info",
    "gauge",
    "1 for each InferenceService, with its deployment mode, model format and runtime.",
)
READY: Final = Metric(
    "emberline_kserve_ready", "gauge", "1 if the condition Ready is True, 0 if it is False or Unknown or not there yet."
)
CONDITION: Final = Metric(
    "emberline_kserve_condition", "gauge", "1 if the condition is True, 0 if it is False or Unknown."
)
TRANSITION: Final = Metric(
    "emberline_kserve_ready_transition_timestamp_seconds", "gauge", "Unix time at which Ready last changed."
)
CURRENT: Final = Metric(
    "emberline_kserve_status_current",
    "gauge",
    "1 if the status is about the newest specification, 0 while the controller has not seen it.",
)
MIN_REPLICAS: Final = Metric(
    "emberline_kserve_min_replicas",
    "gauge",
    "Least replicas of a component; 1 where nothing is written, 0 scales to none.",
)
MAX_REPLICAS: Final = Metric(
    "emberline_kserve_max_replicas", "gauge", "Most replicas of a component; absent where there is no limit."
)
COPIES: Final = Metric(
    "emberline_kserve_model_copies", "gauge", "Copies of the model that the controller counts, by state."
)
TRAFFIC: Final = Metric(
    "emberline_kserve_traffic_ratio", "gauge", "Share of a component's traffic that a revision gets, 0 to 1."
)
MODEL_STATE: Final = Metric(
    "emberline_kserve_model_state", "gauge", "1 for the state of the model that serves, and of the one that shall."
)
FAILURE: Final = Metric(
    "emberline_kserve_model_failure",
    "gauge",
    "1 with the reason for which the model last failed, while the status tells.",
)

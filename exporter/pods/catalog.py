"""The metrics about pods, as one table."""

from typing import Final

from exporter.metric import Metric

UTILIZATION: Final = Metric(
    "emberline_pod_gpu_utilization_ratio",
    "gauge",
    "Part of the time in which kernels ran on the GPU or MIG device, by pod; what is of no known pod is unattributed.",
)
MEMORY: Final = Metric(
    "emberline_pod_gpu_memory_bytes",
    "gauge",
    "Framebuffer in use, by pod; what is of no known pod, such as the driver's own, is unattributed.",
)
ENERGY: Final = Metric(
    "emberline_pod_gpu_energy_joules_total",
    "counter",
    "Energy since the exporter started, by pod; what is of no known pod, such as idle power, is unattributed.",
)
OWNERS: Final = Metric("emberline_gpu_owners", "gauge", "Pods that hold this GPU or MIG device; above 1 it is shared.")

MAP_AGE: Final = Metric(
    "emberline_pods_map_age_seconds", "gauge", "Time since the kubelet last said which pods hold which devices."
)
UNKNOWN: Final = Metric(
    "emberline_pods_unknown_devices", "gauge", "Device ids that pods hold and that name nothing known on this node."
)
KUBELET: Final = Metric("emberline_kubelet_requests_total", "counter", "Questions to the kubelet, by how they ended.")

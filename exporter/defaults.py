"""What the options are when nobody sets them, and what they do; free of imports, so that help texts cost nothing."""

from typing import Final

LISTEN: Final = "127.0.0.1:9400"
INTERVAL: Final = "1s"
WINDOW: Final = "15s"
RELEASE_FOR: Final = "30s"
MAX_SERIES: Final = 50_000

HELP: Final = {
    "listen": "Where the page is served.",
    "interval": "How often GPUs are read: 500ms, 30s.",
    "window": "How far averages and peaks reach back: your scrape interval.",
    "targets": "YAML file of vLLM and Milvus servers to probe.",
    "simulate": "Export eight GPUs that do not exist.",
    "record": "Write every call of NVML and its answer to this file.",
    "replay": "Read a recorded session in place of the driver.",
    "state_file": "Keep the counts of Xids here over restarts.",
    "kmsg": "Read Xids from the kernel's log as well: /dev/kmsg.",
    "release_for": "How long SIGUSR1 releases every handle of the driver.",
    "web_config": "exporter-toolkit's web-config.yml: TLS, client certificates, users, headers, rate limit.",
    "health_address": "A second address for health alone, without TLS and users.",
    "max_series": "Series of a page at most, those about the exporter not counted.",
    "probe_policy": "Answer /probe for what this YAML file allows.",
    "targets_from_pods": "Probe the pods of this node whose annotations ask for it. Needs NODE_NAME.",
    "kserve": "Watch KServe's InferenceServices; for one process of a cluster.",
    "milvus_upkeep": "Watch the jobs that keep Milvus in shape; for one process of a cluster.",
    "namespace": "Watch services and jobs of this namespace alone.",
    "kubernetes_api": "The Kubernetes API where it is not the one that pods are told of: http://127.0.0.1:8001.",
}
"""By the fields of `exporter.given.Given`."""

"""Node process: GPU telemetry through NVML and probes of vLLM and Milvus, served for Prometheus."""

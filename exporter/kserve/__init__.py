"""KServe: InferenceServices as the Kubernetes API has them (K1 to K3)."""

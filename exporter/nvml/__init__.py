"""GPUs of this node, read through NVML by a child process that may hang or crash without harm."""

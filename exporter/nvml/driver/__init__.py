"""NVML through nvidia-ml-py, answering in plain data: every call into pynvml is in this folder."""

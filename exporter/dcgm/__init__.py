"""What dcgm-exporter shows its users, made of NVML's quantities: names, counters file, flags, labels. No driver."""

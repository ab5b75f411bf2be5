"""Who uses the GPUs: the kubelet's answer, pod labels, job files, and an honest split of what is shared."""

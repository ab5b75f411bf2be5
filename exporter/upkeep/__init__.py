"""Milvus' maintenance as Kubernetes knows it: the CronJobs that ask for it, and Velero's backups (M4 to M7)."""

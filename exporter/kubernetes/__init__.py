"""The Kubernetes API: requests, and objects that are listed once and then watched."""

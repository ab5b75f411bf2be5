"""The HTTP face of the node process: exporter-toolkit's web configuration, content negotiation, bounds on clients."""

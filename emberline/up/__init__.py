"""`emberline up`: exporter, scraper, evaluation, artefacts and status page on one machine."""

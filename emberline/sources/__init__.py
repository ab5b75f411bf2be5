"""Where samples come from: a Prometheus, or the own scraper and what it has stored."""

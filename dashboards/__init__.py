"""Compilers from Plans and a metric catalogue to Grafana dashboards."""

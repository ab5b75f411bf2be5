"""Compilers from Plans to PromQL, rule files and the promtool tests that prove them."""

"""Unit tests for `promtool test rules`, of Plans and of the handbook: series in, alerts out, minute by minute."""

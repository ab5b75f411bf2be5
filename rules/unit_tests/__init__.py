"""Unit tests for `promtool test rules`, made from Plans: series in, alerts out, to the minute and to the letter."""

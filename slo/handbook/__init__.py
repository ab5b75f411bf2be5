"""What the handbook promises beyond its SLO tables: the other alerts, incidents and promises, read from text."""

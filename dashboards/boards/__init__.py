"""One module for each dashboard: rows of panels, from what the SLO tables promise."""

"""The live side: evaluate on a beat, hold the last answer, show it as a page."""

"""Live evaluation: all SLOs together, round after round, each for the price of the samples that came and went."""

"""The core: an SLO is written once as a row of a table; everything else reads the Plan made of it."""

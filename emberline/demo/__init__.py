r"""A simulated fleet: real metric names and real HTTP, invented numbers, every series marked simulated=\"true\"."""

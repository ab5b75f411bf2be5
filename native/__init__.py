"""Compiled kernels, each beside the Python twin that specifies it."""

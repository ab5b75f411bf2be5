"""What pynvml gives and takes: pointers and structures without types."""

from typing import Any, TypeAlias

Handle: TypeAlias = Any
"""A pointer or a structure of pynvml; it stays inside this folder."""

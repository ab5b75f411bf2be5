"""What is odd about rows as a server measures them: its answers to the very expressions that rules record."""

from emberline.check.composition import Composition, compositions
from emberline.check.remarks import remarks

__all__ = ["Composition", "compositions", "remarks"]

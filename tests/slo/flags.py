"""Conditions over time as text: one row an instance, `1` where it holds."""

import numpy as np
from numpy.typing import NDArray


def flags(*rows: str) -> NDArray[np.bool_]:
    """The rows as (instance, time) flags."""
    return np.array([[flag == "1" for flag in row] for row in rows], np.bool_)

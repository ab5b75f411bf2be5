from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from native.ranges.profile import Profile
from native.ranges.program import Program

_Integers: TypeAlias = NDArray[np.int64]
_Floats: TypeAlias = NDArray[np.float64]

def increase(
    offsets: _Integers,
    timestamps: _Integers,
    values: _Floats,
    at: _Integers,
    windows: _Integers,
    per_second: bool,
    profile: Profile,
    raised: _Floats,
    present: NDArray[np.uint8],
) -> None: ...
def transitions(
    offsets: _Integers,
    timestamps: _Integers,
    values: _Floats,
    program: Program,
    at: _Integers,
    profile: Profile,
    threads: int,
) -> bytes: ...

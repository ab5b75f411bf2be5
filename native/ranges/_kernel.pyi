from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from native.ranges.profile import Profile
from native.ranges.program import Program

_Integers: TypeAlias = NDArray[np.int64]
_Floats: TypeAlias = NDArray[np.float64]
_Flags: TypeAlias = NDArray[np.uint8]

def increase(
    offsets: _Integers,
    timestamps: _Integers,
    values: _Floats,
    at: _Integers,
    windows: _Integers,
    per_second: bool,
    profile: Profile,
    raised: _Floats,
    present: _Flags,
) -> None: ...
def over_time(
    function: int,
    offsets: _Integers,
    timestamps: _Integers,
    values: _Floats,
    at: _Integers,
    windows: _Integers,
    profile: Profile,
    found: _Floats,
    present: _Flags,
) -> None: ...
def latest(
    offsets: _Integers,
    timestamps: _Integers,
    values: _Floats,
    at: _Integers,
    lookback: int,
    profile: Profile,
    found: _Floats,
    present: _Flags,
) -> None: ...
def aggregate(
    function: int,
    rows: _Floats,
    here: _Flags,
    groups: _Integers,
    profile: Profile,
    found: _Floats,
    present: _Flags,
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

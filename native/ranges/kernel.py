"""The implementation in use: the compiled kernel, else the twin."""

from native.selection import fall_back

try:
    from native.ranges.compiled import aggregate, increase, latest, over_time, rate, transitions
except ImportError as cause:
    fall_back("native.ranges._kernel", cause)
    from native.ranges.fused import transitions
    from native.ranges.twin import aggregate, increase, latest, over_time, rate

    COMPILED = False
else:
    COMPILED = True

__all__ = ["COMPILED", "aggregate", "increase", "latest", "over_time", "rate", "transitions"]

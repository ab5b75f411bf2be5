"""The implementation in use: the compiled kernel, else the twin."""

from native.selection import fall_back

try:
    from native.ranges.compiled import increase, rate, transitions
except ImportError as cause:
    fall_back("native.ranges._kernel", cause)
    from native.ranges.fused import transitions
    from native.ranges.twin import increase, rate

    COMPILED = False
else:
    COMPILED = True

__all__ = ["COMPILED", "increase", "rate", "transitions"]

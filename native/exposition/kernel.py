"""The implementation in use: the compiled kernel, else the twin."""

from native.selection import fall_back

try:
    from native.exposition._kernel import render, rescan, scan
except ImportError as cause:
    fall_back("native.exposition._kernel", cause)
    from native.exposition.twin import render, rescan, scan

    COMPILED = False
else:
    COMPILED = True

__all__ = ["COMPILED", "render", "rescan", "scan"]

"""The exit codes and the exception, where a running change still looks for them."""

from emberline.failure import FINDINGS, UNREACHABLE, USAGE, Failure

__all__ = ["FINDINGS", "UNREACHABLE", "USAGE", "Failure"]

"""The one question that can be put to a driver, whoever answers: NVML, a recording of it, or one that records."""

from typing import Any, Final, Protocol, TypeAlias

Answer: TypeAlias = Any
"""Plain data: numbers, texts, None, and lists of these, so that an answer can be written to a file."""

Argument: TypeAlias = Any
"""Plain data as well: numbers, texts, and lists of numbers."""

Device: TypeAlias = str
"""A GPU by its index, "0"; a MIG instance by that and its own, "0/3"; "" where a question is about the node."""

NODE: Final[Device] = ""
UNKNOWN: Final = 999
"""NVML's code for an error that it has no other for."""


class DriverError(Exception):
    """A refusal of the driver: NVML's return code and its text."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def unforeseen(error: Exception) -> DriverError:
    """An answer that nobody foresaw, as a refusal: it must not end the thread that asked."""
    return DriverError(UNKNOWN, f"{type(error).__name__}: {error}")


class Ask(Protocol):
    """Puts a question to the driver."""

    def __call__(self, function: str, device: Device = NODE, *arguments: Argument) -> Answer:
        """The answer as plain data; DriverError where there is none. It may take any time, or for ever."""


# Return codes of NVML that decide what comes next; the numbers are nvml.h's, so that pynvml is not needed to know them.
UNINITIALIZED: Final = 1
NOT_SUPPORTED: Final = 3
NO_PERMISSION: Final = 4
NOT_FOUND: Final = 6
INSUFFICIENT_SIZE: Final = 7
DRIVER_NOT_LOADED: Final = 9
TIMEOUT: Final = 10
FUNCTION_NOT_FOUND: Final = 13
GPU_IS_LOST: Final = 15
RESET_REQUIRED: Final = 16
LIBRARY_TOO_OLD: Final = 18
VERSION_MISMATCH: Final = 25

REOPEN: Final = frozenset({UNINITIALIZED, DRIVER_NOT_LOADED, LIBRARY_TOO_OLD})
"""Codes after which the library must be loaded anew: the driver was unloaded or upgraded underneath it."""

NEVER: Final = frozenset({NOT_SUPPORTED, FUNCTION_NOT_FOUND, NO_PERMISSION, VERSION_MISMATCH})
"""Codes of a question that will not be answered differently soon."""

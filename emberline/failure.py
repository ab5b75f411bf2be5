"""The exit codes of design §3, as exceptions."""

from typing import Final

FINDINGS: Final = 1
USAGE: Final = 2
UNREACHABLE: Final = 3


class Failure(Exception):
    """A command that ends early: the text goes to stderr, `code` to the shell."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code

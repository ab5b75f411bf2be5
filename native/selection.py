"""Which implementation of a kernel runs: the compiled one where it was built, else its twin."""

from os import environ  # noqa: TID251 - the one switch of the pure packages; it is set before anything is imported

REQUIRED = environ.get("EMBERLINE_NATIVE") == "required"


def fall_back(kernel: str, cause: ImportError) -> None:
    """Nothing, where a twin may stand in for the kernel; an ImportError under `EMBERLINE_NATIVE=required`."""
    if REQUIRED:
        message = (
            f"EMBERLINE_NATIVE=required, but the compiled kernel {kernel} cannot be imported ({cause}); "
            "install Emberline where a C++20 compiler is present, or unset the variable to use the Python twin"
        )
        raise ImportError(message) from cause

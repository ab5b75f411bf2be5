"""What Xid codes are called: the values of dcgm-exporter's label `err_msg`, from NVIDIA's catalogue of Xid errors."""

import csv
from pathlib import Path
from typing import Final


def _read() -> dict[int, str]:
    text = Path(__file__).with_name("xids.csv").read_text(encoding="utf-8")
    return {int(code): row["message"] for row in csv.DictReader(text.splitlines()) for code in row["codes"].split()}


MESSAGES: Final = _read()
"""By code; 0 is no error."""


def message(code: int) -> str:
    """The message of a code; what dcgm-exporter says of one it does not know."""
    return MESSAGES.get(code, "Unknown Error")

"""What can be wrong with a page, and where."""

from enum import IntEnum
from typing import Self


class Fault(IntEnum):
    """The first thing wrong with a page. The numbers are shared with `fault.hpp`."""

    NONE = 0
    BODY_BYTES = 1
    LINES = 2
    LINE_BYTES = 3
    SERIES = 4
    LABELS = 5
    METRIC_NAME = 6
    NO_METRIC_NAME = 7
    SECOND_METRIC_NAME = 8
    LABEL_NAME = 9
    DUPLICATE_LABEL = 10
    EQUALS = 11
    LABEL_VALUE = 12
    UNTERMINATED = 13
    NOT_UTF8 = 14
    VALUE = 15
    NOT_A_NUMBER = 16
    OUT_OF_RANGE = 17
    TIMESTAMP = 18
    TIMESTAMP_RANGE = 19
    LINE_END = 20
    TYPE = 21
    COMMA = 22
    BLANK = 23
    COMMENT = 24
    OPEN_TYPE = 25
    UNIT = 26
    SECONDS = 27
    EXEMPLAR = 28
    NO_EOF = 29
    AFTER_EOF = 30
    NUL = 31


MESSAGES = {
    Fault.BODY_BYTES: "the page is longer than allowed",
    Fault.LINES: "more lines than allowed",
    Fault.LINE_BYTES: "the line is longer than allowed",
    Fault.SERIES: "more series than allowed",
    Fault.LABELS: "more labels than allowed",
    Fault.METRIC_NAME: "expected a metric name",
    Fault.NO_METRIC_NAME: "no metric name before or inside the braces",
    Fault.SECOND_METRIC_NAME: "a second metric name",
    Fault.LABEL_NAME: "expected a label name or '}'",
    Fault.DUPLICATE_LABEL: "the label name occurs twice",
    Fault.EQUALS: "expected '=' after the label name",
    Fault.LABEL_VALUE: "expected a label value in double quotes",
    Fault.UNTERMINATED: "no closing quote on the line",
    Fault.NOT_UTF8: "not valid UTF-8",
    Fault.VALUE: "expected a value",
    Fault.NOT_A_NUMBER: "the value is not a number",
    Fault.OUT_OF_RANGE: "the value does not fit a 64-bit float",
    Fault.TIMESTAMP: "expected a timestamp in milliseconds or the end of the line",
    Fault.TIMESTAMP_RANGE: "the timestamp does not fit 64 bits",
    Fault.LINE_END: "expected the end of the line",
    Fault.TYPE: "expected one of the types counter, gauge, histogram, summary, untyped",
    Fault.COMMA: "expected ',' or '}' behind the label",
    Fault.BLANK: "expected one blank",
    Fault.COMMENT: "expected HELP, TYPE, UNIT or EOF behind '# '",
    Fault.OPEN_TYPE: (
        "expected one of the types counter, gauge, histogram, gaugehistogram, summary, info, stateset, unknown"
    ),
    Fault.UNIT: "the unit is not the last word of the metric name",
    Fault.SECONDS: "expected a timestamp in seconds",
    Fault.EXEMPLAR: "expected an exemplar or the end of the line",
    Fault.NO_EOF: "the page does not end with # EOF",
    Fault.AFTER_EOF: "expected nothing behind # EOF",
    Fault.NUL: "a NUL in a name",
}


class ExpositionError(ValueError):
    """The first fault of a page: `message`, byte `offset` from 0, `line` and `column` (in bytes) from 1."""

    def __init__(self, message: str, offset: int, line: int, column: int) -> None:
        """Keep the place beside the message."""
        super().__init__(message, offset, line, column)
        self.message = message
        self.offset = offset
        self.line = line
        self.column = column

    def __str__(self) -> str:
        """`line 3, column 7: expected a value`."""
        return f"line {self.line}, column {self.column}: {self.message}"

    @classmethod
    def at(cls, body: bytes, fault: int, offset: int) -> Self:
        """The error for a fault found at a byte of the page."""
        line = body.count(b"\n", 0, offset) + 1
        column = offset - body.rfind(b"\n", 0, offset)
        return cls(MESSAGES[Fault(fault)], offset, line, column)

"""The line to the driver: what is refused for good costs no further call, and nothing that grows."""

from traceback import extract_tb

import pytest

from exporter.nvml.ask import NODE, Answer, Argument, Device, DriverError
from exporter.nvml.line import Line

NOT_SUPPORTED = 3  # nvmlReturn_t


def test_what_is_refused_for_good_is_refused_without_a_call_and_by_an_error_of_its_own_each_time() -> None:
    calls: list[str] = []

    def ask(function: str, device: Device = NODE, *arguments: Argument) -> Answer:
        del device, arguments
        calls.append(function)
        raise DriverError(NOT_SUPPORTED, "Not Supported")

    line, errors = Line(ask, "0", 1.0, lambda _: None), []
    for _ in range(4):
        with pytest.raises(DriverError, match="Not Supported") as caught:
            line("temperature")
        errors.append(caught.value)
    assert calls == ["temperature"]
    assert {error.code for error in errors} == {NOT_SUPPORTED}
    assert len(set(map(id, errors))) == len(errors)
    assert len({len(extract_tb(error.__traceback__)) for error in errors[1:]}) == 1

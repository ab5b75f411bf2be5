"""Many fields of one GPU in one call of nvmlDeviceGetFieldValues."""

from collections.abc import Sequence
from typing import Final

import pynvml as nvml

from exporter.nvml.driver.handle import Handle
from exporter.nvml.questions import UNSIGNED_WHATEVER_IT_SAYS

_UNION: Final = ("dVal", "uiVal", "ulVal", "ullVal", "sllVal", "siVal", "usVal")  # by nvmlValueType_t


def fields(handle: Handle, wanted: Sequence[Sequence[int]]) -> list[list[float]]:
    """A return code and a value for each field id and scope, in their order."""
    answers = nvml.nvmlDeviceGetFieldValues(handle, [tuple(field) for field in wanted])
    return [_read(answer) for answer in answers]


def _read(answer: Handle) -> list[float]:
    if answer.nvmlReturn != nvml.NVML_SUCCESS:
        return [answer.nvmlReturn, 0]
    if answer.fieldId in UNSIGNED_WHATEVER_IT_SAYS:
        return [nvml.NVML_SUCCESS, answer.value.uiVal]
    if answer.valueType >= len(_UNION):
        return [nvml.NVML_ERROR_ARGUMENT_VERSION_MISMATCH, 0]
    return [nvml.NVML_SUCCESS, getattr(answer.value, _UNION[answer.valueType])]

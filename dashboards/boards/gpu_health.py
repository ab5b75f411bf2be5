"""The rows of D6 on what holds GPUs back, what breaks them, and whether the readings can be trusted."""

from typing import Final

from dashboards.board import Panel, Row
from dashboards.each_gpu import EACH, highest, lowest
from dashboards.gpu import THROTTLES
from dashboards.panels import ANY, from_above, lines, table
from dashboards.scope import Scope

_STATES: Final = "states: they move when throttling starts or ends"


def health(at: Scope) -> tuple[Row, Row, Row]:
    """Limits, faults, and the readings themselves."""
    return _limits(at), _faults(at), _readings(at)


def _limits(at: Scope) -> Row:
    return Row(
        "What holds them back?",
        (
            table(
                "Throttled GPUs now",
                "How many GPUs run slower than they could, and why.",
                (),
                *(at.bit("emberline_gpu_clocks_event_reasons", bit).column(name) for bit, name in THROTTLES.items()),
                width=8,
                steady=_STATES,
            ),
            lines(
                "Throttled time by reason",
                "Share of time in which clocks were held down. Power cap: raise the "
                "limit or accept it; thermal: look at the cooling.",
                at.rate("emberline_gpu_throttle_seconds_total", "reason"),
                width=8,
                steady=_STATES,
            ),
            lines(
                "SM clock by GPU",
                "Speed of the processors. A drop under load, while others keep theirs, is "
                "throttling: the panels beside it name the reason.",
                lowest(at.series("DCGM_FI_DEV_SM_CLOCK", *EACH)),
                width=8,
            ),
            lines(
                "Temperature by GPU",
                "Core temperature. One GPU far above its neighbours at the same load: look at its cooling.",
                highest(at.series("DCGM_FI_DEV_GPU_TEMP", *EACH)),
                width=8,
                minimum=None,
                marks=from_above(80, 88),
            ),
            lines(
                "Memory temperature by GPU",
                "Temperature of the memory stacks, on GPUs that report it. HBM throttles from about 95 °C.",
                highest(at.series("DCGM_FI_DEV_MEMORY_TEMP", *EACH)),
                width=8,
                minimum=None,
                marks=from_above(90, 95),
            ),
            lines(
                "Memory clock by GPU",
                "Speed of the memory. It falls when a GPU idles.",
                lowest(at.series("DCGM_FI_DEV_MEM_CLOCK", *EACH)),
                width=8,
                steady="it has few levels and may stay on one",
            ),
        ),
    )


def _faults(at: Scope) -> Row:
    none = "zero while nothing fails"
    return Row(
        "What breaks?",
        (
            lines(
                "Xid errors by code",
                "48, 63, 64, 94 and 95 are memory, 79 is a GPU that fell off the bus, 13 and 31 "
                "are mostly the application.",
                at.rate("emberline_gpu_xid_errors_total", "Hostname", "gpu", "xid"),
                width=8,
                marks=from_above(1e-9, 0.01),
                steady=none,
            ),
            lines(
                "ECC errors",
                "Corrected ones are noise while they are rare; an uncorrected one ends a process.",
                at.rate("emberline_gpu_ecc_errors_total", "severity", "scope"),
                width=8,
                steady=none,
            ),
            lines(
                "Replaced rows",
                "Rows of memory that were replaced. Uncorrected ones want a reset of the GPU.",
                at.rate("emberline_gpu_row_remaps_total", "kind"),
                width=8,
                steady=none,
            ),
            lines(
                "Bus retries by GPU",
                "Retries a second: a bad riser, slot or cable.",
                highest(at.rate("DCGM_FI_DEV_PCIE_REPLAY_COUNTER", *EACH)),
                width=8,
                steady=none,
            ),
            lines(
                "Failed remapping by GPU",
                "1: the spare rows are used up; the GPU must be replaced.",
                highest(at.series("DCGM_FI_DEV_ROW_REMAP_FAILURE", *EACH)),
                width=8,
                marks=ANY,
                steady=none,
            ),
            *_states(at),
        ),
    )


def _states(at: Scope) -> tuple[Panel, Panel]:
    return (
        table(
            "State of each GPU",
            "What the exporter makes of it: anything but ok is worth a look.",
            (*EACH, "state"),
            at.level("emberline_gpu_state", *EACH, "state", reduce="max").over("0").column("In this state"),
            width=8,
            steady="a state",
        ),
        table(
            "What the driver asks for",
            "0 nothing, 1 reset the GPU, 2 reboot the node, 3 and 4 drain it.",
            EACH,
            at.level("emberline_gpu_recovery_action", *EACH, reduce="max").column("Action", ANY.steps),
            width=8,
            steady="a state",
        ),
    )


def _readings(at: Scope) -> Row:
    return Row(
        "Can these numbers be trusted?",
        (
            lines(
                "Age of the reading by GPU",
                "Seconds: fine. Growing: the driver hangs, and everything above is old.",
                highest(at.series("emberline_gpu_reading_age_seconds", *EACH)),
                width=8,
                marks=from_above(15, 60),
            ),
            lines(
                "Lost samples by GPU",
                "Samples that the driver overwrote before they were read: peaks may be missing.",
                highest(at.rate("emberline_gpu_samples_lost_total", *EACH)),
                width=8,
                steady="zero while nothing is lost",
            ),
            lines(
                "Time in driver calls",
                "Share of time, by kind of call. It should not grow with load.",
                at.rate("emberline_nvml_call_seconds_total", "family"),
                width=8,
            ),
        ),
    )

"""The counters file: what dcgm-exporter takes is taken, what ends it is reported."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.dcgm import counters as module
from exporter.dcgm.catalogue import BY_NAME
from exporter.dcgm.counters import FILE_BYTES, ROWS, UPSTREAM_FOLDER, parse, read
from exporter.dcgm.surface import read_counters

UPSTREAM = Path(__file__).resolve().parents[2] / "data/dcgm/default-counters.csv"


def names(text: str) -> list[str]:
    found = parse(text, "c.csv")
    assert found.faults == ()
    return [row.name for row in found.metrics]


def faults(text: str) -> list[str]:
    return list(parse(text, "c.csv").faults)


def test_dcgm_exporters_own_file_has_no_fault() -> None:
    found = read(UPSTREAM)
    assert (len(found.metrics), [row.name for row in found.labels]) == (25, ["DCGM_FI_DRIVER_VERSION"])
    assert found.faults == found.notes == ()
    assert found == read(None)


@pytest.mark.parametrize(
    "line",
    [
        "DCGM_FI_DEV_GPU_TEMP, gauge, help",
        "  DCGM_FI_DEV_GPU_TEMP ,gauge\t,  help  ",
        "DCGM_FI_DEV_GPU_TEMP,gauge,help\r",
        'DCGM_FI_DEV_GPU_TEMP, gauge, "help"',
        "\ufeffDCGM_FI_DEV_GPU_TEMP,gauge,help",
        "# Format,,\n\n   # indented\nDCGM_FI_DEV_GPU_TEMP,gauge,help",
    ],
)
def test_a_row_may_be_written_in_many_ways(line: str, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(line, encoding="utf-8")
    (row,) = read(path).metrics
    assert (row.name, row.type, row.help) == ("DCGM_FI_DEV_GPU_TEMP", "gauge", "help")


def test_every_vocabulary_is_taken() -> None:
    assert names(
        "DCGM_FI_DEV_GPU_TEMP,gauge,\nDCGM_FI_DEV_BOARD_POWER_WATTS,gauge,\ndcgm_gpu_utilization,gauge,\n"
    ) == [
        "DCGM_FI_DEV_GPU_TEMP",
        "DCGM_FI_DEV_BOARD_POWER_WATTS",
        "dcgm_gpu_utilization",
    ]


def test_a_help_with_a_comma_is_quoted() -> None:
    (row,) = parse('DCGM_FI_DEV_GPU_TEMP,gauge,"warm, or not"', "c.csv").metrics
    assert row.help == "warm, or not"


def test_the_type_of_the_file_counts() -> None:
    (row,) = parse("DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL,gauge,as since 4.8.3", "c.csv").metrics
    assert (row.type, row.field.type) == ("gauge", "counter")


BAD = """\
DCGM_FI_DEV_GPU_TEMP, gauge
DCGM_FI_DEV_GPU_UTILL, gauge, a typing error
DCGM_FI_DEV_SM_CLOCK, gouge, no such type
DCGM_FI_DEV_MEM_CLOCK, histogram, upstream would take it
DCGM_FI_DEV_SERIAL, gauge, a text is no number
DCGM_EXP_XID_ERRORS_COUNT, label, nor a count a label
DCGM_FI_DEV_FB_USED, gauge, good
DCGM_FI_DEV_FB_USED, gauge, again
DCGM_FI_DEV_FB_FREE, gauge, free, and a comma
DCGM_FI_DEV_GPU_TEMP, gauge, good
nothing
"""
FAULTS = [
    "c.csv:1: DCGM_FI_DEV_GPU_TEMP: 2 cells where name, type and help are expected",
    "c.csv:2: DCGM_FI_DEV_GPU_UTILL: DCGM has no field of this name; did you mean DCGM_FI_DEV_GPU_UTIL?",
    "c.csv:3: DCGM_FI_DEV_SM_CLOCK: 'gouge' is no type: gauge, counter or label",
    "c.csv:4: DCGM_FI_DEV_MEM_CLOCK: no field of DCGM is a histogram: its type can be gauge, counter or label",
    "c.csv:5: DCGM_FI_DEV_SERIAL: is a text: its type can only be label",
    "c.csv:6: DCGM_EXP_XID_ERRORS_COUNT: is counted or reckoned: its type cannot be label",
    "c.csv:8: DCGM_FI_DEV_FB_USED: is there already, the first row counts",
    "c.csv:9: DCGM_FI_DEV_FB_FREE: 4 cells where name, type and help are expected",
    "c.csv:11: nothing: 1 cells where name, type and help are expected",
]


def test_a_bad_row_costs_itself_alone_and_all_are_told_at_once() -> None:
    found = parse(BAD, "c.csv")
    assert list(found.faults) == FAULTS
    assert [row.name for row in found.metrics] == ["DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_FB_USED"]


def test_a_strict_reader_ends_with_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text(BAD)
    with pytest.raises(ValueError, match="cells") as caught:
        read_counters(path, strict=True)
    assert str(caught.value).splitlines() == [fault.replace("c.csv", str(path), 1) for fault in FAULTS]
    assert len(read_counters(path, strict=False).metrics) == 2


def test_what_cannot_be_served_is_a_note_and_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("DCGM_FI_DEV_GPU_TEMP,gauge,\nDCGM_FI_DEV_NVSWITCH_VOLTAGE_MVOLT,gauge,volts\n")
    found = read_counters(path, strict=True)
    assert found.notes == (
        f"{path}:2: DCGM_FI_DEV_NVSWITCH_VOLTAGE_MVOLT: NVML cannot serve it: of NVSwitches, which NVML does not see",
    )
    assert len(found.metrics) == 1


def test_a_file_without_one_good_row_is_an_error_even_when_tolerant(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("<html>\n")
    with pytest.raises(ValueError, match="1 cells"):
        read_counters(path, strict=False)


def test_a_missing_file_of_upstreams_image_is_the_built_in_one(tmp_path: Path) -> None:
    assert read(UPSTREAM_FOLDER / "default-counters.csv") == read(None)
    with pytest.raises(ValueError, match=r"none\.csv:1: cannot be read: No such file"):
        read_counters(tmp_path / "none.csv", strict=False)


def test_bounds_hold(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(b"#" * (FILE_BYTES + 1))
    with pytest.raises(ValueError, match="larger than"):
        read(path)
    path.write_bytes(b"#\n\xff")
    with pytest.raises(ValueError, match=r"c\.csv:2: not UTF-8"):
        read(path)
    assert "the help has more" in faults(f"DCGM_FI_DEV_GPU_TEMP,gauge,{'x' * 2000}")[0]
    assert "not CSV: field larger" in faults(f"DCGM_FI_DEV_GPU_TEMP,gauge,{'x' * 200_000}")[0]
    assert "did you mean" not in faults(f"{'X' * 100_000},gauge,help")[0]


def test_no_file_has_more_rows_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(BY_NAME) < ROWS
    monkeypatch.setattr(module, "ROWS", 2)
    found = parse("DCGM_FI_DEV_FB_USED,gauge,\nDCGM_FI_DEV_FB_FREE,gauge,\nDCGM_FI_DEV_FB_TOTAL,gauge,\nbad\n", "c.csv")
    assert (len(found.metrics), list(found.faults)) == (2, ["c.csv:3: DCGM_FI_DEV_FB_TOTAL: more than 2 rows"])


@pytest.mark.parametrize("name", ["UUID", "PCI_BUSID", "NAME", "BRAND", "VBIOS_VERSION"])
def test_a_text_is_never_a_number(name: str) -> None:
    assert "is a text" in faults(f"DCGM_FI_DEV_{name}, gauge, help")[0]
    assert faults(f"DCGM_FI_DEV_{name}, label, help") == []


@given(st.text(alphabet=st.sampled_from('DCGM_FIEV_USED,gaugecounterlabel"#\n\r\0 ,é'), max_size=200) | st.text())
def test_no_text_is_more_than_faults(text: str) -> None:
    found = parse(text, "c.csv")
    assert all(fault.startswith("c.csv:") for fault in found.faults)

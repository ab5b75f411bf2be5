"""The tables of docs/dcgm.md are those of the code."""

import re
from pathlib import Path

from exporter.dcgm.catalogue import FIELDS
from exporter.dcgm.counters import parse
from exporter.dcgm.field import Counted, Field, First, LastXid, OfDevice, OfNode, Pace, Text, Unserved, UsedShare
from exporter.dcgm.flags import FLAGS, Flag
from exporter.gpu_metrics import CLOCK_EVENT, INFO, TOTALS, XIDS
from exporter.gpu_table import ROWS

PAGE = (Path(__file__).resolve().parents[3] / "docs/dcgm.md").read_text(encoding="utf-8")


def table(heading: str) -> str:
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return "\n".join(line for line in section.splitlines() if line.startswith("|"))


def option(flag: Flag) -> str:
    names = [f"`-{flag.letter}`"] if flag.letter else []
    return ", ".join([*names, *([] if flag.long == "node-name" else [f"`--{flag.long}`"])])


def flags() -> str:
    rows = (f"| {option(flag)} | `{flag.variable}` | {flag.fate} | {flag.note} |" for flag in FLAGS)
    return "\n".join(("| option | variable | here | remark |", "|---|---|---|---|", *rows))


def made_of(field: Field) -> str:
    source = field.source
    match source:
        case First():
            names = " or ".join(f"`{name}`" for name in source.quantities)
            over = {1.0: "", 2.0**20: " / 2^20", 2.0**-20: " × 2^20"}.get(source.per, f" / {source.per:g}")
            return names + over
        case Pace():
            return f"increase of {' and '.join(f'`{name}`' for name in source.quantities)} in MB/s"
        case UsedShare():
            return "used / (total − reserved)"
        case Text() | OfNode() | OfDevice() | LastXid():
            return "what the driver says" if field.type == "label" else "identity or events"
        case Counted():
            return "events since the start" if source.total else "events in the window"
        case Unserved():
            return f"not served: {source.reason}"


def fields() -> str:
    rows = (
        f"| `{field.legacy}` | {'' if field.renamed == field.legacy else f'`{field.renamed}`'} | {field.type} "
        f"| {field.default} | {made_of(field)} |"
        for field in FIELDS
    )
    return "\n".join(("| field | in DCGM 4.6 | type | default | made of |", "|---|---|---|---|---|", *rows))


def ours() -> str:
    labels: dict[str, list[str]] = {}
    for row in ROWS:
        found = labels.setdefault(row.metric.name, [])
        found += [name for name, _ in row.label if name not in found]
    helps = {row.metric.name: row.metric for row in ROWS} | {metric.name: metric for metric, _ in TOTALS}
    helps |= {metric.name: metric for metric in (INFO, CLOCK_EVENT, XIDS)}
    labels |= {CLOCK_EVENT.name: ["reason"], XIDS.name: ["xid"], INFO.name: ["model", "driver_version", "…"]}
    rows = (
        f"| `{name}` | {metric.type} | {', '.join(labels.get(name, []))} | {metric.help} |"
        for name, metric in helps.items()
    )
    return "\n".join(("| metric | type | labels | meaning |", "|---|---|---|---|", *rows))


def test_the_table_of_options_is_the_one_of_the_code() -> None:
    assert table("Options and variables") == flags()


def test_the_table_of_fields_is_the_one_of_the_code() -> None:
    assert table("Fields") == fields()


def test_the_table_of_our_metrics_is_the_one_of_the_code() -> None:
    assert table("Ours beside them") == ours()


def test_the_example_file_holds() -> None:
    example = PAGE.partition("```csv\n")[2].partition("```")[0]
    found = parse(example, "mine.csv")
    assert [row.name for row in (*found.metrics, *found.labels)] == [
        "DCGM_FI_DEV_POWER_MGMT_LIMIT",
        "DCGM_FI_DEV_GPU_UTIL",
        "DCGM_FI_DEV_SERIAL",
    ]
    said = PAGE.partition("```text\n")[2].partition("```")[0]
    assert said.splitlines() == [*found.faults, *found.notes]


def test_the_options_that_the_page_shows_exist() -> None:
    known = {f"--{flag.long}" for flag in FLAGS} | {"--listen", "--simulate", "--interval", "--rbmn", "--targets"}
    known |= {"--strict", "--metric-names", "--hostname-label", "--web.config.file"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z.-]+", PAGE)) <= known

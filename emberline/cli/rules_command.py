"""`emberline rules`: recording rules, alerts and the unit tests that prove them."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import typer

from emberline.failure import FINDINGS, Failure

if TYPE_CHECKING:
    from rules.formats import Format
    from rules.rule import RuleFile, TestFile
    from slo.duration import Duration

_FLAGGER_ASKS: Final = "http://prometheus.monitoring.svc:9090"
Form: TypeAlias = Literal["prometheus", "operator", "mimir", "flagger"]


def command(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for rule files; tests go to tests/ in it.")],
    form: Annotated[Form, typer.Option("--format", metavar="FORM", help="prometheus, operator, mimir or flagger.")] = (
        "prometheus"
    ),
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; name the files that are out of date or left over.")
    ] = False,
    runbooks: Annotated[
        str, typer.Option(metavar="URL", help="Where runbooks are published; goes before their paths.")
    ] = "",
    compose_from: Annotated[
        str | None,
        typer.Option(metavar="LENGTH", help="Sum windows from this long on from what is recorded over 5m."),
    ] = None,
    flagger_asks: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help=f"The Prometheus that Flagger asks, as it is known in the cluster. [default: {_FLAGGER_ASKS}]",
        ),
    ] = None,
    slos: Annotated[list[Path] | None, typer.Option(help="Table, or folder of tables; repeatable.")] = None,
    area: Annotated[str | None, typer.Option(help="Only this area; the files of others are left alone.")] = None,
) -> None:
    """Write rule files, one an area, and unit tests in which every alert fires and stays silent.

    Without `--slos` that is the shipped tables, the handbook's other alerts and its promises.

    Files of an earlier run that are no longer generated are removed; whatever else lies in the folder stays. Give each
    format a folder of its own: flagger writes metric templates for canaries, and no rules.

    Example: `emberline rules -o out && promtool check rules out/*.yaml && promtool test rules out/tests/*_test.yaml`
    """
    from emberline.artefacts import remove, stale, write
    from emberline.compilation import rules
    from rules.render import HEADER

    gc.disable()  # trees by the thousand, none with a cycle: looking for some takes a third of the time
    tables = slos or ()
    if flagger_asks is not None and form != "flagger":
        raise Failure("--flagger-asks: belongs to --format flagger")
    if form == "flagger":
        files, remarks = _templates(tables, area, flagger_asks or _FLAGGER_ASKS), list[str]()
    else:
        files, remarks = _rules(form, *rules(tables, area, runbooks, _composed(compose_from)))
    left_over = () if area else stale(out, files, HEADER)
    if check:
        _require_current(out, files, left_over)
        typer.echo(f"{len(files)} files are up to date")
        return
    for path in write(out, files):
        typer.echo(path)
    for remark in remarks:
        typer.echo(remark, err=True)
    for path in remove(left_over):
        typer.echo(f"{path}: removed, no longer generated", err=True)


def _rules(
    form: "Format", files: "Sequence[RuleFile]", tests: "Sequence[TestFile]"
) -> tuple[dict[str, str], list[str]]:
    """Texts by file name, and what is to be known about them."""
    from rules.files import standing_alone, test_texts
    from rules.formats import mimir_overrides, rendered

    tests = tests if form == "prometheus" else standing_alone(tests, files)
    untested = [f"{test.name}: {test.untested}" for test in tests if test.untested]
    return rendered(files, form) | test_texts(tests), [
        *untested,
        *(_limits(mimir_overrides(files)) if form == "mimir" else ()),
    ]


def _limits(overrides: Mapping[str, int]) -> Iterator[str]:
    """The limits to raise, as YAML for Mimir's configuration: files beyond them are no fault of the tables."""
    if overrides:
        yield from ("# Beyond Mimir's default limits; at least:", "limits:")
        yield from (f"  {setting}: {least}" for setting, least in overrides.items())


def _templates(paths: Sequence[Path], area: str | None, address: str) -> dict[str, str]:
    from emberline.catalogue import rows
    from emberline.cli.server import base_url
    from rules.flagger import flagger_templates
    from slo.plan import plan

    known = base_url(address, "--flagger-asks")
    return {"flagger.yaml": flagger_templates(map(plan, rows(paths, area)), known)}


def _composed(length: str | None) -> "Duration | None":
    from slo.duration import Duration
    from slo.plan import BASE

    if length is None:
        return None
    try:
        found = Duration.parse(length)
    except ValueError as error:
        raise Failure(f"--compose-from: {error}") from error
    if found <= BASE:
        raise Failure(f"--compose-from: {found} is not longer than {BASE}, of which windows are composed")
    return found


def _require_current(out: Path, files: Mapping[str, str], left_over: Sequence[Path]) -> None:
    from emberline.artefacts import outdated

    if old := [*map(str, outdated(out, files)), *(f"{path}: no longer generated" for path in left_over)]:
        names = "\n".join(old)
        raise Failure(f"{names}\n{len(old)} files are out of date: emberline rules -o {out}", FINDINGS)

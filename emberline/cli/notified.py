"""Who is notified of what, as the command line names it: alerts, the responder, files with secrets, a time zone."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from emberline.catalogue import rows, shipped
from emberline.cli.server import address, base_url
from emberline.compilation import handbook, require_own_names
from emberline.failure import Failure
from exporter.targets.answer import Failed
from exporter.targets.credentials import read_secret
from rules.alerting import alerting
from rules.handbook import handbook_files
from rules.notify.receiver import Addresses, InFile, Inline, Secret
from rules.rule import Alerting
from slo.plan import Plan
from slo.spec import Slo


def considered(paths: Sequence[Path], area: str | None) -> tuple[Slo, ...]:
    """The rows of the tables at `paths`, and the shipped ones but those whose id such a row has.

    An alert that no rule raises does no harm; the action of one that is not considered would not be dispatched.
    Failure with every fault.
    """
    own = rows(paths, area)
    require_own_names(own, paths)
    replaced = {slo.id for slo in own}
    return (*own, *(slo for slo in shipped() if slo.id not in replaced and area in (None, slo.area)))


def alerts(plans: Iterable[Plan], area: str | None) -> tuple[Alerting, ...]:
    """The alerts of these rows, and those that the handbook has besides; of one area if it is named."""
    rows = (alerting(plan, alert) for plan in plans for alert in plan.all)
    return (*rows, *(alert for file in handbook_files(*handbook(area)) for alert in file.alerts))


def addresses(
    responder: str, token: Path, people: tuple[Path, Path], time_zone: str, inline: Collection[Path]
) -> Addresses:
    """Where notifications go. Files of `inline` are read now, the others by Alertmanager.

    Failure where an address or time zone is none, or with every file that is none, or does not hold what it should.
    """
    files = dict(zip(("--token-file", "--humans-url-file", "--ai-hub-humans-url-file"), (token, *people), strict=True))
    if nameless := [f"{option}: no file is named" for option, path in files.items() if not path.name]:
        raise Failure("\n".join(nameless))
    found = _secrets(files.values(), inline, people)
    return Addresses(
        base_url(responder, "--responder-url", "--token-file"),
        found[token],
        found[people[0]],
        found[people[1]],
        known_time_zone(time_zone),
    )


def known_time_zone(name: str) -> str:
    """The name of a time zone; Failure where this machine's database knows none of that name."""
    try:
        if name != "UTC":  # Alertmanager knows it without a database, and so do we
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Failure(f"--time-zone: {name!r} is not a time zone known here, such as Europe/Berlin") from error
    return name


def _secrets(paths: Iterable[Path], inline: Iterable[Path], urls: Iterable[Path]) -> dict[Path, Secret]:
    texts = {path: read_secret(path) for path in inline}
    refused = [found.detail for found in texts.values() if isinstance(found, Failed)]
    wrong = [path for path in urls if isinstance(text := texts.get(path), str) and address(text) is None]
    if faults := [*refused, *(f"{path}: not an address such as https://chat.example/hooks/1" for path in wrong)]:
        raise Failure("\n".join(faults))
    read: dict[Path, Secret] = {path: Inline(text) for path, text in texts.items() if isinstance(text, str)}
    return {path: InFile(str(path)) for path in paths} | read

"""`emberline alertmanager`: who is told of an alert."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from emberline.failure import Failure

Flavour: TypeAlias = Literal["upstream", "upstream-0.25", "mimir"]
"""Whose configuration it is; they differ in which secrets they read from files."""


def command(
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The file to write.")],
    flavour: Annotated[
        Flavour, typer.Option(metavar="FLAVOUR", help="upstream, upstream-0.25 (before 0.26) or mimir.")
    ] = "upstream",
    responder_url: Annotated[
        str, typer.Option(help="Where actions are dispatched to.")
    ] = "http://emberline-responder.emberline.svc:8080/alerts",
    token_file: Annotated[Path, typer.Option(help="Bearer token of the responder.")] = Path(
        "/etc/alertmanager/gitea-token"
    ),
    humans_url_file: Annotated[Path, typer.Option(help="Webhook of the people who are told by default.")] = Path(
        "/etc/alertmanager/humans-url"
    ),
    ai_hub_humans_url_file: Annotated[Path, typer.Option(help="Webhook of the people of AI Hub.")] = Path(
        "/etc/alertmanager/ai-hub-humans-url"
    ),
    time_zone: Annotated[str, typer.Option(help="Of the working hours outside which P4 waits.")] = "UTC",
    slos: Annotated[list[Path] | None, typer.Option(help="Table of your own, or folder of them; repeatable.")] = None,
    area: Annotated[str | None, typer.Option(help="Only this area.")] = None,
) -> None:
    """Write the Alertmanager configuration: every alert reaches people, those with an action also the responder.

    Secrets stay in files on Alertmanager's machine. Mimir reads none: there they are read now and written into FILE,
    which only its owner may read.

    Example: `emberline alertmanager -o am.yml --time-zone Europe/Berlin && amtool check-config am.yml`
    """
    from emberline.artefacts import write
    from emberline.cli.notified import addresses, alerts, considered
    from rules.alertmanager import Unsound, alertmanager_config, mimir_payload
    from slo.plan import plan

    people = (humans_url_file, ai_hub_humans_url_file)
    inline = {"upstream": (), "upstream-0.25": people, "mimir": (token_file, *people)}[flavour]
    where = addresses(responder_url, token_file, people, time_zone, inline)
    plans = [plan(slo) for slo in considered(slos or (), area)]
    try:
        text = alertmanager_config(alerts(plans, area), where, {label for each in plans for label in each.slo.by})
    except Unsound as unsound:
        raise Failure(str(unsound)) from unsound
    text = mimir_payload(text) if flavour == "mimir" else text
    (path,) = write(out.parent, {out.name: text}, 0o600 if inline else 0o644)
    typer.echo(path)

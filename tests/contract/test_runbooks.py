"""Every alert leads to a page that names it, and what a page tells to paste works.

The tables that follow from rows and catalogues are derived: `make golden` rewrites them in the pages.
"""

import re
from itertools import chain
from pathlib import Path

import pytest

from emberline.catalogue import shipped, shipped_alerts, shipped_promises
from slo.plan import plan
from slo.priority import PRIORITIES, Priority
from tests.conftest import Golden
from tests.contract.runbook import (
    ALERT_TABLE,
    PROMISE_TABLE,
    Page,
    alert_rows,
    form_faults,
    metrics_of,
    promise_row,
    query_faults,
)

PROJECT = Path(__file__).resolve().parents[2]
INDEX = PROJECT / "docs/runbooks/README.md"
PAGES = {f"runbooks/{path.name}": Page(path.read_text(encoding="utf-8")) for path in INDEX.parent.glob("*.md")}
RUNBOOKS = {name: page for name, page in PAGES.items() if not name.endswith("README.md")}
PLANS = {slo.id: plan(slo) for slo in shipped()}
HANDBOOK, PROMISES = shipped_alerts(), shipped_promises()
ALERTS: list[tuple[str, str, Priority]] = [
    *((row.slo.runbook, each.name, each.priority) for row in PLANS.values() for each in (*row.alerts, *row.guards)),
    *((each.runbook, each.alert, each.priority) for each in HANDBOOK.own),
    *((each.runbook, each.alert, each.priority) for each in (promise.alert for promise in PROMISES) if each),
]
"""The page, name and priority of every alert."""
WANTED = {
    *(runbook for runbook, _, _ in ALERTS),
    *(incident.runbook for incident in HANDBOOK.incidents),
    *(f"runbooks/{each.promise}.md" for each in PROMISES),
}

GOOD = "\n".join(f"## {title}\n\nText.\n" for title in ("Meaning", "Impact", "Diagnosis", "Action"))
VERIFIED = f'{GOOD}\n## Verification\n\n```promql\nslo:bad_events:increase5m{{slo="P1"}} > 0\n```\n'


def test_every_alert_incident_and_promise_has_a_page_and_no_page_is_left_over() -> None:
    assert set(RUNBOOKS) == WANTED


@pytest.mark.parametrize("name", sorted(RUNBOOKS))
def test_a_page_has_the_form_of_all_pages(name: str) -> None:
    assert list(form_faults(RUNBOOKS[name])) == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_queries_parse_and_read_what_is_recorded(name: str) -> None:
    assert list(query_faults(PAGES[name], PLANS)) == []


def test_the_page_of_an_alert_names_it() -> None:
    assert [alert for page, alert, _ in ALERTS if not re.search(rf"\b{alert}\b", PAGES[page].text)] == []


def test_the_page_of_an_incident_names_its_alerts() -> None:
    named = ((incident, alert) for incident in HANDBOOK.incidents for alert in incident.alerts)
    assert [(each.id, alert) for each, alert in named if alert not in PAGES[each.runbook].text] == []


@pytest.mark.parametrize("row", sorted(PLANS))
def test_the_page_of_a_row_tells_when_its_alerts_fire(row: str, golden: Golden) -> None:
    name = PLANS[row].slo.runbook
    golden(f"../../docs/{name}", PAGES[name].with_table(ALERT_TABLE, alert_rows(PLANS[row])))


@pytest.mark.parametrize("row", sorted(PLANS))
def test_the_page_of_a_row_asks_for_a_metric_of_the_row(row: str) -> None:
    queries = " ".join(PAGES[PLANS[row].slo.runbook].queries)
    assert any(re.search(rf"\b{re.escape(metric)}\b", queries) for metric in metrics_of(PLANS[row]))


@pytest.mark.parametrize("promise", sorted({each.promise for each in PROMISES}))
def test_the_page_of_a_promise_tells_what_is_watched_and_what_is_not(promise: str, golden: Golden) -> None:
    lines = [promise_row(each) for each in PROMISES if each.promise == promise]
    golden(f"../../docs/runbooks/{promise}.md", PAGES[f"runbooks/{promise}.md"].with_table(PROMISE_TABLE, lines))


def test_every_row_says_what_to_look_at_first_in_one_sentence() -> None:
    texts = {row: each.slo.look_first or "" for row, each in PLANS.items()}
    assert {row: text for row, text in texts.items() if not re.fullmatch(r"(?!.*\.\s)\S.*\.", text)} == {}


@pytest.mark.parametrize("name", sorted(RUNBOOKS))
def test_the_index_leads_to_a_page_and_says_its_first_step(name: str) -> None:
    (row,) = (line for line in INDEX.read_text(encoding="utf-8").splitlines() if f"]({Path(name).name}) |" in line)
    assert len(row.split(" | ")) == len(("what", "page", "most urgent", "first step"))
    assert row.split(" | ")[-1].strip(" |")


def test_the_index_tells_the_most_urgent_priority_of_each_page(golden: Golden) -> None:
    text = INDEX.read_text(encoding="utf-8")
    for name in RUNBOOKS:
        text = re.sub(rf"(\]\({Path(name).name}\) \|)[^|]*\|", rf"\1 {most_urgent(name)} |", text)
    golden("../../docs/runbooks/README.md", text)


def most_urgent(name: str) -> str:
    priorities = [priority for page, _, priority in ALERTS if page == name]
    priorities += [incident.priority for incident in HANDBOOK.incidents if incident.runbook == name]
    return f"{PRIORITIES[min(priorities)].severity}, {min(priorities)}" if priorities else "–"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (VERIFIED, ""),
        (VERIFIED.replace("## Impact", "## Blame"), "its sections are Meaning, Blame"),
        (VERIFIED.replace("## Impact\n\nText.", "## Impact\n"), "Impact is empty"),
        (f"{GOOD}\n## Verification\n\nLook again.\n", "Verification has no query"),
        (VERIFIED.replace("Text.", "See https" + "://example.org/x.", 1), "leads outside"),
        (VERIFIED.replace("> 0", "> 0\n\nrate(up)"), "rate(up)"),
        (VERIFIED.replace("5m", "7m"), "nothing records slo:bad_events:increase7m"),
        (VERIFIED.replace("bad_events", "static_bad_events"), "nothing records slo:static_bad_events"),
        (VERIFIED.replace("P1", "P9"), 'nothing records slo:bad_events:increase5m{slo="P9"}'),
    ],
)
def test_faults_of_a_page_are_seen(text: str, told: str) -> None:
    faults = list(chain(form_faults(Page(text)), query_faults(Page(text), PLANS)))
    assert (told in " ".join(faults)) if told else faults == []

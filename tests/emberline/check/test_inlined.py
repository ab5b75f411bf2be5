"""What a server is asked is what rules record, with nothing recorded in it."""

import promql_parser
import pytest

from emberline.catalogue import shipped_files
from emberline.check.measured import inlined
from rules.promql import text
from rules.recording import recordings
from slo.duration import Duration
from slo.handbook.expression import metrics
from slo.plan import plan
from slo.sli import Slices
from slo.spec import Slo
from slo.table.load import load
from tests.slo.rows import LATENCY, PROMQL, RATIO, table

COUNTED = [slo for slo in load(shipped_files()) if slo.indicator.kind != "slice"]


@pytest.mark.parametrize("slo", [*COUNTED, *load({"t.yaml": table(RATIO, LATENCY, PROMQL)})], ids=lambda slo: slo.id)
def test_no_expression_reads_what_only_rules_record(slo: Slo) -> None:
    planned = plan(slo, compose_from=Duration(slo.window.ms + 1))
    assert not isinstance(planned.sli, Slices)
    known = {recording.record: recording.expr for recording in recordings(planned)}
    assert any(window == f"{slo.window}" for window in (str(each.length) for each in planned.windows))
    for expression in known.values():
        whole = text(inlined(expression, known))
        assert [metric for metric in metrics(whole) if metric.startswith("slo:")] == []
        promql_parser.parse(whole)


def test_what_is_recorded_is_read_by_the_rules_themselves() -> None:
    (slo,) = load({"t.yaml": table(RATIO)})
    known = {recording.record: recording.expr for recording in recordings(plan(slo))}
    assert "slo:total_events:increase1h" in metrics(text(known["slo:bad_events:increase1h"]))

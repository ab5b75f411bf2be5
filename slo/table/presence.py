"""Whether what a row reads exists: its metrics, the labels it matches and groups by, its buckets."""

from collections.abc import Iterable, Iterator, Sequence

from slo.indicator import LatencyIndicator, PromqlIndicator, RatioIndicator, SliceIndicator
from slo.samples import Selecting
from slo.selector import Selector
from slo.spec import Slo
from slo.table.document import Path
from slo.table.finding import Remark
from slo.table.spelling import bucket_remarks, misspelt


def absences(slo: Slo, samples: Selecting) -> Iterator[Remark]:
    """What a row reads and the samples do not hold.

    A bad counter may be absent until something fails, but then the labels that it matches must exist on its
    metric: misspelt, it would stay at zero for ever. Of an expression nothing is known.
    """
    match slo.indicator:
        case RatioIndicator(total=total, bad=bad, good=good):
            yield from _counters(("indicator", "total"), slo, total, samples)
            yield from _counters(("indicator", "good"), slo, good or (), samples)
            yield from misspelt(("indicator", "bad"), bad or (), samples)
            yield from _matchable(("indicator", "bad"), bad or (), samples)
        case LatencyIndicator(histogram=histogram, buckets=buckets):
            path = ("indicator", "histogram")
            yield from _series(path, slo, (histogram.suffixed("_count"),), samples)
            yield from bucket_remarks(histogram, buckets, samples)
        case SliceIndicator(metric=metric, gate=gate):
            yield from _series(("indicator", "metric"), slo, (metric,), samples)
            if gate is not None:
                yield from _series(("indicator", "gate", "metric"), slo, (gate.metric,), samples)
        case PromqlIndicator():
            pass


def _counters(path: Path, slo: Slo, selectors: Sequence[Selector], samples: Selecting) -> Iterator[Remark]:
    yield from tuple(misspelt(path, selectors, samples)) or _series(path, slo, selectors, samples)


def _series(path: Path, slo: Slo, selectors: Sequence[Selector], samples: Selecting) -> Iterator[Remark]:
    """Of several counters one suffices: the others may wait for their first event."""
    found = [track for selector in selectors for track in samples.select(selector)]
    for label in slo.by:
        without = sum(label not in dict(track.labels) for track in found)
        if without:
            message = f"{without} of {len(found)} series have no label {label}, by which instances are told apart"
            yield Remark(path, message, f'{label} = "" in {without} of {len(found)} series')
    if found or not selectors:
        return
    for selector in selectors:
        if selector.matchers and samples.select(Selector(selector.metric)):
            message = f"{selector.metric} has series, but none that the matchers pick"
        else:
            message = f"no series of {selector.metric}; needed: {slo.origin.enable}"
        yield Remark(path, message, "0 series picked")


def _matchable(path: Path, selectors: Iterable[Selector], samples: Selecting) -> Iterator[Remark]:
    for selector in selectors:
        tracks = samples.select(Selector(selector.metric))
        if not tracks or samples.select(selector):
            continue
        known = {label for track in tracks for label, _ in track.labels}
        for label in sorted({matcher.label for matcher in selector.matchers} - known):
            message = f"no series of {selector.metric} has a label {label}: nothing would ever be bad"
            yield Remark(path, message, f'{label} = "" in {len(tracks)} of {len(tracks)} series')

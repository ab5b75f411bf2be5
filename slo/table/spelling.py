"""How the bounds of buckets are spelt in the samples: so that none is found, or that one counts twice."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Final

from slo.le import means
from slo.number import plain
from slo.samples import Selecting, Track
from slo.selector import Labels, Matcher, Selector, labels_of, le_matcher
from slo.table.document import Path
from slo.table.finding import Remark

_LE: Final = "le"
_BUCKETS: Final[Path] = ("indicator", "buckets")


def bucket_remarks(histogram: Selector, bounds: Sequence[Decimal], samples: Selecting) -> Iterator[Remark]:
    """Bounds of a row that its histogram does not have, or has in a spelling of its own, or has twice."""
    buckets = histogram.suffixed("_bucket")
    tracks = samples.select(buckets)
    found = {bound: [track for track in tracks if le_matcher(bound).matches(_le(track))] for bound in bounds}
    if tracks:
        yield from _missing(buckets.metric, [bound for bound in bounds if not found[bound]], set(map(_le, tracks)))
    for bound, picked in found.items():
        yield from _doubled(buckets.metric, bound, picked)


def _missing(metric: str, bounds: Iterable[Decimal], spelt: Collection[str]) -> Iterator[Remark]:
    absent: list[str] = []
    for bound in bounds:
        odd = sorted(text for text in spelt if means(text, bound))
        if odd:
            message = f"{metric} spells the bucket {plain(bound)} as no version does"
            yield Remark(_BUCKETS, message, f'le="{odd[0]}" is not found as {plain(bound)}')
        else:
            absent.append(f"{plain(bound)}")
    if absent:
        bare = ", ".join(absent)
        yield Remark(_BUCKETS, f"{metric} has no bucket {bare}", f"0 series with le = {bare}")


def misspelt(path: Path, selectors: Iterable[Selector], samples: Selecting) -> Iterator[Remark]:
    """Selectors that pick a bucket by a spelling that the samples do not have, where they have another."""
    for selector in selectors:
        for matcher in selector.matchers:
            if matcher.label == _LE and matcher.op == "=" and not samples.select(selector):
                yield from _otherwise(path, selector, matcher, samples)


def _otherwise(path: Path, selector: Selector, matcher: Matcher, samples: Selecting) -> Iterator[Remark]:
    try:
        bound = Decimal(matcher.value)
    except InvalidOperation:
        return
    whole = Selector(selector.metric, tuple(each for each in selector.matchers if each != matcher))
    others = sorted({text for track in samples.select(whole) if means(text := _le(track), bound)})
    if others:
        message = f"{selector.metric} spells this bucket otherwise: nothing is counted"
        yield Remark(path, message, f'le="{others[0]}" ≠ le="{matcher.value}"')


def _doubled(metric: str, bound: Decimal, tracks: Iterable[Track]) -> Iterator[Remark]:
    """Two spellings at the same time: after an upgrade one ends before the other begins, and nothing counts twice."""
    alike: defaultdict[Labels, list[Track]] = defaultdict(list)
    for track in tracks:
        alike[labels_of(pair for pair in track.labels if pair[0] != _LE)].append(track)
    twice = [each for each in alike.values() if _together(each)]
    if twice:
        spelt = ", ".join(sorted(f'"{_le(track)}"' for track in twice[0]))
        message = f"{metric} has the bucket {plain(bound)} under several spellings: its events count double"
        yield Remark(_BUCKETS, message, f"le = {plain(bound)} is {len(twice[0])} series: {spelt}")


def _together(tracks: Sequence[Track]) -> bool:
    spans = sorted((int(track.timestamps[0]), int(track.timestamps[-1])) for track in tracks if len(track.timestamps))
    return any(begin <= end for (_, end), (begin, _) in pairwise(spans))


def _le(track: Track) -> str:
    return dict(track.labels).get(_LE, "")

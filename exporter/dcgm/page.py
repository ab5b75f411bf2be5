"""The compatible series: dcgm-exporter's families in its order, each label in its place, from NVML's quantities."""

from collections.abc import Callable, Iterator, Sequence

from exporter.dcgm.counters import Counters, Row
from exporter.dcgm.device import Device, Events, Node
from exporter.dcgm.field import Counted, First, LastXid, OfDevice, Pace, UsedShare
from exporter.dcgm.style import Style, identity, text_of
from exporter.dcgm.xids import message
from exporter.metric import Metric, Point
from native.exposition import Labels

_Value = Callable[[Device], float | None]


class Compatible:
    """The rows of a counters file in a style, made ready once; `points` is called for each page."""

    def __init__(self, counters: Counters, style: Style) -> None:
        self._style = style
        told = {name: row for row in counters.labels for name in style.names_of(row)}
        self._labels = sorted(told.items(), key=lambda label: label[0])
        rows: dict[str, tuple[Metric, _Value | LastXid | Counted]] = {}
        for row in counters.metrics:
            for name in style.names_of(row):
                metric = Metric(name, "counter" if row.type == "counter" else "gauge", row.help)
                rows.setdefault(name, (metric, _value(row)))
        self._rows = tuple(rows.values())

    def labels(self, node: Node, device: Device) -> Labels:
        """Identity, label rows, the node's own labels; attributes come after them."""
        known = (device.uuid, device.pci_bus_id, device.model)
        labels = identity(self._style, node.hostname, device.index, device.file, known, device.instance)
        rows = ((name, text_of(row, node, device)) for name, row in self._labels)
        return (*labels, *((name, text) for name, text in rows if text), *node.own)

    def points(self, node: Node, devices: Sequence[Device]) -> Iterator[Point]:
        """Everything that was read, family by family in the order of DCGM's field numbers; what was not is absent."""
        bare = [(device, self.labels(node, device)) for device in devices]
        labelled = [(device, (*labels, *device.attributes)) for device, labels in bare]
        for metric, value in self._rows:
            if isinstance(value, LastXid | Counted):
                for device, labels in bare:
                    yield from _special(metric, value, device, labels)
                continue
            for device, labels in labelled:
                found = value(device)
                if found is not None:
                    yield Point(metric, labels, found)


def _value(row: Row) -> _Value | LastXid | Counted:
    """How a row's value is had from a device; the sources whose series have labels of their own stay as they are."""
    source = row.field.source
    if isinstance(source, LastXid | Counted):
        return source
    if isinstance(source, First | UsedShare):
        return lambda device: source.of(device.values)
    if isinstance(source, Pace):
        return lambda device: _pace(source, device)
    if isinstance(source, OfDevice):
        return lambda device: _number(device, source)
    raise AssertionError(row)


def _number(device: Device, source: OfDevice) -> float | None:
    found = device.index if source.attribute == "index" else device.minor
    return None if found is None else float(found)


def _pace(source: Pace, device: Device) -> float | None:
    before = device.earlier
    return None if before is None else source.between(before.values, device.values, before.seconds)


def _special(metric: Metric, source: LastXid | Counted, device: Device, labels: Labels) -> Iterator[Point]:
    if isinstance(source, Counted):
        yield from _counted(metric, source, device, labels)
    elif device.last_xid is not None:
        error = (("err_code", str(device.last_xid)), ("err_msg", message(device.last_xid)))
        yield Point(metric, (*labels, *_sorted(error, device.attributes)), float(device.last_xid))


def _counted(metric: Metric, source: Counted, device: Device, labels: Labels) -> Iterator[Point]:
    """One series per kind; as upstream, a window in which nothing happened is one series of 0 without a kind."""
    events = device.events
    if events is None:
        return
    counts, window = _counts(source, events)
    size: Labels = () if source.total else (("window_size_in_ms", str(window)),)
    for kind, count in counts:
        yield Point(metric, (*labels, *_sorted(size, ((source.what, str(kind)),)), *device.attributes), float(count))
    if not counts and not source.total:
        yield Point(metric, (*labels, *size, *device.attributes), 0.0)


def _counts(source: Counted, events: Events) -> tuple[list[tuple[int | str, int]], int]:
    found: dict[int, int] | dict[str, int]
    if source.what == "xid":
        found, window = dict(events.xid_totals if source.total else events.xids), events.xid_window_ms
    else:
        found = dict(events.clock_event_totals if source.total else events.clock_events)
        window = events.clock_event_window_ms
    return sorted(found.items()), window


def _sorted(*labels: Labels) -> Labels:
    """Labels of one group stand in the order of their names."""
    return tuple(sorted(pair for group in labels for pair in group))

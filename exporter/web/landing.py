"""The page for a person who opens the exporter in a browser: links, version, and a line on each GPU and target."""

from collections.abc import Iterator
from html import escape
from importlib.metadata import version
from typing import Final

from exporter.page import Page
from native.exposition import Labels

_SHOWN: Final = 512
_TEXT: Final = 256
_HEAD: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Emberline exporter</title>
<h1>Emberline exporter</h1>
<p>Version {version}
<ul>
<li><a href="/metrics">/metrics</a>: GPUs, vLLM and Milvus for Prometheus
<li><a href="/-/healthy">/-/healthy</a>: this process turns
<li><a href="/-/ready">/-/ready</a>: everything configured was collected once, or failed
</ul>
"""
_VERSION: Final = version("emberline")


def landing(page: Page) -> str:
    """HTML without any outside address; every text from a driver or a file is escaped."""
    gpus = "".join(_lines(page, "emberline_gpu_up", ("gpu", "modelName", "UUID")))
    targets = "".join(_lines(page, "emberline_target_up", ("kind", "target")))
    return (
        _HEAD.format(version=escape(_VERSION))
        + (f"<h2>GPUs</h2>\n<ul>\n{gpus}</ul>\n" if gpus else "<p>No GPU is known.\n")
        + (f"<h2>Targets</h2>\n<ul>\n{targets}</ul>\n" if targets else "")
        + "</html>\n"
    )


def _lines(page: Page, metric: str, named: tuple[str, ...]) -> Iterator[str]:
    for count, (labels, value) in enumerate(page.series(metric)):
        if count == _SHOWN:
            yield "<li>and more\n"
            return
        yield f"<li>{escape(_name(labels, named))}: {'up' if value == 1 else 'down'}\n"


def _name(labels: Labels, named: tuple[str, ...]) -> str:
    found = dict(labels)
    return " ".join(found[label][:_TEXT] for label in named if label in found)

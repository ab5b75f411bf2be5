"""A probe's script answered from a table: the server without its socket."""

from collections.abc import Mapping
from pathlib import Path

from exporter.targets.answer import Answer, Failed, Request, Script, Verdict

CAPTURES = Path(__file__).resolve().parents[2] / "data" / "captures"
TARGET = (("target", "t"),)


def captured(name: str) -> bytes:
    """A body as a real server sent it."""
    return (CAPTURES / name).read_bytes()


def verdict(script: Script, answers: Mapping[str, Answer | Failed]) -> Verdict:
    """What the script concludes; what the table lacks is answered 404."""
    request = next(script)
    try:
        while True:
            request = script.send(answers.get(key(request), Answer(404, b"404 page not found")))
    except StopIteration as end:
        concluded: Verdict = end.value
        return concluded


def key(request: Request) -> str:
    """The request as the tables write it: path, then the body of a POST."""
    return (request.url.removeprefix("http://t") + " " + request.body.decode()).strip()


def exported(found: Verdict) -> dict[str, float]:
    """The verdict's points, as `name{label="value"}` without the target."""
    return {
        point.metric.name.removeprefix("emberline_") + "".join(f" {v}" for _, v in point.labels[1:]): point.value
        for point in found.points(TARGET)
    }

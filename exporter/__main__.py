"""`python -m exporter`: the node process without the rest of the command line."""

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from exporter.dcgm.arguments import declare, taken
from exporter.dcgm.foreign import review
from exporter.defaults import HELP
from exporter.given import MILLISECONDS_VARIABLE, VARIABLES, Given, interval_of, names
from exporter.options import configure
from exporter.process import main
from exporter.web.server import CannotListenError

_USAGE: Final = 2
_WORDS: Final = frozenset({"health_address", "namespace", "kubernetes_api"})
"""Fields without a default that are no file."""


def _options() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="python -m exporter",
        description=__doc__,
        epilog="example: python -m exporter --listen :9400 --simulate",
        allow_abbrev=False,
    )
    _declare(parser, os.environ)
    milliseconds = os.environ.get(MILLISECONDS_VARIABLE) or None
    parser.add_argument("--collect-interval", "-c", type=int, default=milliseconds, help="the same in milliseconds")
    parser.set_defaults(interval=None)
    declare(parser, os.environ)
    return parser.parse_known_args()


def _declare(parser: argparse.ArgumentParser, environment: Mapping[str, str]) -> None:
    """Add an option for each field of `Given`; a variable that is set is its default."""
    for field in fields(Given):
        default: Any = environment.get(VARIABLES.get(field.name, "")) or field.default
        if isinstance(field.default, bool):
            parser.add_argument(*names(field.name), dest=field.name, action="store_true", help=HELP[field.name])
            continue
        kind: Any = Path if field.default is None and field.name not in _WORDS else type(field.default)
        if field.name in _WORDS:
            kind = str
        told = "" if field.default is None else f" (default: {field.default})"
        parser.add_argument(
            *names(field.name), dest=field.name, type=kind, default=default, help=HELP[field.name] + told
        )


def run() -> int:
    """Serve; the exit code is 0 after a signal and 2 for bad settings or an address that cannot be had."""
    options, rest = _options()
    words, milliseconds = taken(options), vars(options).pop("collect_interval")
    options.interval = interval_of(options.interval, milliseconds)
    try:
        settings = configure(Given(**vars(options)), words, review(rest, os.environ))
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return _USAGE
    try:
        main(settings)
    except CannotListenError as error:
        sys.stderr.write(f"{error}\n")
        return _USAGE
    return 0


if __name__ == "__main__":
    sys.exit(run())

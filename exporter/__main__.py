"""`python -m exporter`: the node process without the rest of the command line."""

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from exporter import defaults
from exporter.dcgm.arguments import declare, taken
from exporter.dcgm.foreign import review
from exporter.http import CannotListenError
from exporter.options import configure
from exporter.process import main

_USAGE: Final = 2


def _options() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="python -m exporter",
        description=__doc__,
        epilog="example: python -m exporter --listen :9400 --simulate",
        allow_abbrev=False,
    )
    parser.add_argument("--listen", default=defaults.LISTEN, help="address (default: %(default)s)")
    parser.add_argument("--interval", default=defaults.INTERVAL, help="how often GPUs are read (default: %(default)s)")
    parser.add_argument("--targets", type=Path, help="YAML file of vLLM and Milvus servers to probe")
    parser.add_argument("--simulate", action="store_true", help="eight GPUs that do not exist")
    declare(parser, os.environ)
    return parser.parse_known_args()


def run() -> int:
    """Serve; the exit code is 0 after a signal and 2 for bad settings or an address that cannot be had."""
    options, rest = _options()
    words = taken(options)
    try:
        settings = configure(**vars(options), words=words, review=review(rest, os.environ))
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

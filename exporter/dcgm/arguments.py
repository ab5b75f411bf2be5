"""The options of the compatible series for argparse, with dcgm-exporter's letters and variables."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from exporter.dcgm.flags import FLAGS
from exporter.dcgm.help import HELP
from exporter.dcgm.surface import Words

_LONE: Final = {"replace_blanks_in_model_name": ["--rbmn"]}
_KNOWN: Final = {flag.long.replace("-", "_"): flag for flag in FLAGS if flag.fate == "same"}


def declare(parser: ArgumentParser, environment: Mapping[str, str]) -> None:
    """Add an option for each field of `Words`; a variable that is set is its default."""
    for field in fields(Words):
        flag, default = _KNOWN.get(field.name), field.default
        names = [f"--{field.name.replace('_', '-')}", *_LONE.get(field.name, [])]
        names += [f"-{flag.letter}"] if flag and flag.letter else []
        told = environment.get(flag.variable) if flag else None
        text = HELP[field.name].replace("%", "%%")
        if isinstance(default, bool):
            held = default if told is None else told.lower() in ("true", "1", "t")
            parser.add_argument(*names, dest=field.name, action="store_true", default=held, help=text)
        else:
            kind: Any = (
                int if isinstance(default, int) else Path if default is None and "names" not in field.name else str
            )
            parser.add_argument(*names, dest=field.name, type=kind, default=told or default, help=text)


def taken(options: Namespace) -> Words:
    """The words, taken out of the parsed options."""
    found = vars(options)
    return Words(**{field.name: found.pop(field.name) for field in fields(Words)})

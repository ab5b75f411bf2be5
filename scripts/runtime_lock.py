"""The part of a hash-pinned lock that the installed `emberline` needs to run: no tool for tests or builds.

    python scripts/runtime_lock.py requirements.lock > runtime.lock

It is run where the whole lock is installed, and follows the requirements of what is installed there, so that every
line it prints is a line of the lock.
"""

import re
import sys
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def needed(distribution: str) -> set[str]:
    """The names of a distribution's requirements and of theirs, on this platform and without extras of ours."""
    found: set[str] = set()
    waiting = [(distribution, "")]
    seen = set(waiting)
    while waiting:
        name, extra = waiting.pop()
        for requirement in map(Requirement, requires(name) or ()):
            if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
                continue
            found.add(canonicalize_name(requirement.name))
            more = {(requirement.name, wanted) for wanted in ("", *requirement.extras)} - seen
            seen |= more
            waiting += more
    return found


def entries(lock: str) -> list[tuple[str, str]]:
    """Name and text of each entry of a lock, hashes included; a name may have an entry for each Python."""
    whole = re.findall(r"^[\w.-]+==(?:.*\\\n)*.*\n", lock, re.MULTILINE)
    return [(canonicalize_name(entry.partition("==")[0]), entry) for entry in whole]


def main() -> None:
    """Print the lock of the installed `emberline`."""
    locked = entries(Path(sys.argv[1]).read_text(encoding="utf-8"))
    wanted = needed("emberline")
    if missing := sorted(wanted - {name for name, _ in locked}):
        sys.exit(f"not in {sys.argv[1]}: {', '.join(missing)}")
    sys.stdout.write("".join(entry for name, entry in locked if name in wanted))


if __name__ == "__main__":
    main()

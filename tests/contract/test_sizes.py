"""Files and functions stay small, and no name is a drawer for everything."""

import ast
import re
import statistics
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PRODUCT = ("native", "slo", "rules", "dashboards", "exporter", "emberline")
FOLDERS = (*PRODUCT, "tests", "bench", "scripts")
PYTHON_PROGRAMS = ("scripts/fetch-servers", "scripts/mutants")
CPP = (".cpp", ".hpp", ".h")
FILE_LINES = 250
FUNCTION_LINES = 60
MEDIAN_LINES = 10
DRAWERS = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}

NOISE = re.compile(
    r"""(?m:^[ \t]*\#(?:\\\n|[^\n])*)  # preprocessor lines
    | //[^\n]* | /\*.*?\*/
    | R"\(.*?\)" | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])+'
    """,
    re.DOTALL | re.VERBOSE,
)
NO_FUNCTION = re.compile(
    r"^\s*(?:\}\s*)?(?:else|do|try|namespace|extern|enum|class|struct|union|if|for|while|switch|catch)\b"
)


def sources(*endings: str) -> list[Path]:
    found = [path for folder in FOLDERS for path in sorted((PROJECT / folder).rglob("*")) if path.suffix in endings]
    programs = [PROJECT / name for name in PYTHON_PROGRAMS if ".py" in endings]
    return [path for path in [*found, *programs] if "__pycache__" not in path.parts]


def python_functions(text: str) -> dict[str, int]:
    """Lines of each function of a Python source, decorators not counted."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, functions)]
    return {f"{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1 for node in nodes}


def cpp_functions(text: str) -> dict[str, int]:
    """Lines of each braced body of a C++ source whose head has parentheses and is no statement: functions, lambdas."""
    text = NOISE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    opened: list[tuple[int, bool]] = []
    lengths: dict[str, int] = {}
    head = 0
    for position, character in enumerate(text):
        if character == "{":
            before = text[head:position]
            opened.append((head + len(before) - len(before.lstrip()), "(" in before and not NO_FUNCTION.match(before)))
        elif character == "}" and opened:
            start, function = opened.pop()
            if function:
                first = text.count("\n", 0, start) + 1
                lengths[f"{first} {text[start : start + 40].splitlines()[0]}"] = text.count("\n", start, position) + 1
        if character in "{};":
            head = position + 1
    return lengths


@pytest.mark.parametrize("path", sources(".py", *CPP), ids=lambda path: str(path.relative_to(PROJECT)))
def test_file_is_small_and_so_are_its_functions(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    functions = cpp_functions(text) if path.suffix in CPP else python_functions(text)
    long = {name: lines for name, lines in functions.items() if lines > FUNCTION_LINES}
    assert (len(text.splitlines()) <= FILE_LINES, long) == (True, {})


@pytest.mark.parametrize("package", PRODUCT)
def test_functions_of_a_package_are_short_in_the_median(package: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sources(".py") if path.is_relative_to(PROJECT / package)]
    lengths = [lines for text in texts for lines in python_functions(text).values()]
    assert statistics.median([*lengths, 1]) <= MEDIAN_LINES


def test_long_functions_are_seen() -> None:
    body = "\n".join(f"    x = {number}" for number in range(FUNCTION_LINES))
    assert python_functions(f"def f():\n{body}\n") == {"1 f": FUNCTION_LINES + 1}
    cpp = body.replace("=", "= ';' +").replace("\n", ";\n") + ";"
    noise = "#define A(x) \\\n  {\nnamespace n {\n// { ignored\n"
    text = f'{noise}int f(int x) {{\n  if (x) {{ g("}}"); }}\n{cpp}\n}}\n}}\n'
    assert cpp_functions(text) == {"5 int f(int x) {": FUNCTION_LINES + 3}


def test_no_module_is_a_drawer() -> None:
    names = {path: {*path.relative_to(PROJECT).parts[:-1], path.stem} for path in sources(".py", *CPP)}
    assert [path for path, parts in names.items() if DRAWERS & parts] == []

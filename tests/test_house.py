"""The house keeps its own rules: floors, clocks, commits, sizes, words for every code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

import ledger.cli  # noqa: F401 - above every floor: all sentences are learnt
from ledger.core import faults
from ledger.sentences import SENTENCES, TYPED

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted((ROOT / "ledger").rglob("*.py"))
CORE = [path for path in CODE if path.parent.name == "core"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMMITTING = {"web/session.py", "cli.py", "jobs.py", "backups.py", "worker.py"}
CLOCKS = {"now", "today", "utcnow", "time", "monotonic"}
TOP = {
    "pyproject.toml", "ledger", "templates", "static", "migrations", "tests", "README.md", "Makefile", "constraints.txt",
    "LICENSE", "CHANGELOG.md", "deploy"}


def place(path: Path) -> str:
    """A module as it is named below: web/session.py."""
    return path.relative_to(ROOT / "ledger").as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def where(paths: list[Path], wrong: Callable[[ast.AST], bool]) -> list[str]:
    """Every place where the code does what it must not."""
    return [f"{place(path)}:{node.lineno}" for path in paths for node in ast.walk(tree(path)) if wrong(node)]


def test_imports_only_point_down():
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "0 broken" in done.stdout


def test_the_core_imports_the_standard_library_only_and_nothing_that_is_not_repeatable():
    banned = {"random", "uuid", "time", "secrets", "os", "pathlib", "sqlite3", "logging", "threading"}
    seen = {name.split(".")[0] for path in CORE for node in ast.walk(tree(path))
            for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import)
                         else [node.module or ""] if isinstance(node, ast.ImportFrom) else [])}
    assert seen - {"ledger"} <= sys.stdlib_module_names
    assert not seen & banned


def test_only_the_edges_commit():
    def commits(node: ast.AST) -> bool:
        watching = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "watching"
        return isinstance(node, ast.Attribute) and node.attr == "commit" and not watching
    assert {one.split(":")[0] for one in where(CODE, commits)} <= COMMITTING


def test_only_the_edges_read_the_clock():
    def reads(node: ast.AST) -> bool:
        return (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
                and isinstance(node.func.value, ast.Name) and node.func.value.id in ("datetime", "date", "time"))
    found = [one for one in where(CODE, reads) if not one.startswith(("web/", "cli.py", "jobs.py"))]
    assert found == []


def test_no_float_comes_near_the_core():
    def is_float(node: ast.AST) -> bool:
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
        return literal or called

    def rounds(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "round"
    assert where(CORE, is_float) == []
    assert {one.split(":")[0] for one in where(CORE, rounds)} <= {"core/money.py"}  # of a fraction, to the even step: exact


def test_everything_public_has_a_docstring():
    missing = []
    for path in CODE:
        module = tree(path)
        missing += [] if ast.get_docstring(module) else [place(path)]
        owners = [module, *(node for node in module.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))]
        for owner in owners:
            missing += [f"{place(path)}: {node.name}" for node in owner.body
                        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
                        and not ast.get_docstring(node)]
    assert missing == []


def test_functions_and_files_stay_small(capsys):
    sizes = [length(node) for path in CODE for node in functions(path)]
    lines = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE}
    pages = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in TEMPLATES}
    with capsys.disabled():
        print(f"\nfunctions: median {median(sizes)}, 90th {sorted(sizes)[len(sizes) * 9 // 10]} lines; files: median "
              f"{median(lines.values())}; templates: median {median(pages.values())}")
    assert [f"{place(path)}: {node.name}" for path in CODE for node in functions(path) if length(node) > 60] == []
    assert {name: count for name, count in lines.items() if count > 500} == {}
    assert {name: count for name, count in pages.items() if count > 150} == {}


def test_the_top_level_is_the_fixed_list():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    top = {name.split("/")[0] for name in listed}
    assert {name for name in top if not name.startswith(".")} <= TOP


def _raised() -> dict[str, str]:
    """Codes with which something is refused or found wrong, each with a place."""
    found: dict[str, str] = {}
    for path in CODE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                for code in _code(node):
                    found[code] = f"{place(path)}:{node.lineno}"
    return found


def _code(node: ast.Call) -> list[str]:
    """The code that a call names: the first word of Refused and Conflict, the third of what the checks of files say."""
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
    at = {"Refused": 0, "Conflict": 0, "refuse": 2, "warn": 2, "check_open": 2}.get(name)
    if at is None or len(node.args) <= at:
        return []
    told = node.args[at]
    return [told.value] if isinstance(told, ast.Constant) and isinstance(told.value, str) else []


def test_every_code_has_its_sentence():
    raised = _raised()
    assert len(raised) > 60
    assert {code: one for code, one in raised.items() if code not in SENTENCES and code not in TYPED} == {}


def _told(path: Path) -> Iterator[tuple[str, set[str], str]]:
    """The code of each refusal whose values are all written beside it, with the names of these."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Refused", "Conflict"):
            names = {one.arg for one in node.keywords}
            if None not in names:
                for code in _code(node):
                    yield code, {str(name) for name in names}, f"{place(path)}:{node.lineno}"


def test_a_refusal_brings_the_values_of_its_sentence():
    sentences = {**SENTENCES, **TYPED}
    typed = [path for path in CODE if not path.name.startswith("import")]  # a file's row brings its own values
    wrong = {where: code for path in typed for code, names, where in _told(path)
             if not set(re.findall(r"%\((\w+)\)s", sentences[code])) <= names}
    assert wrong == {}


def test_the_scan_of_codes_sees_what_is_raised():
    node = ast.parse('Refused("own_calculation", at="x")').body[0]
    assert isinstance(node, ast.Expr)
    assert isinstance(node.value, ast.Call)
    assert _code(node.value) == ["own_calculation"]
    assert faults.Refused("own_calculation", at="x").code == "own_calculation"


@pytest.mark.parametrize("path", [path for path in CODE if path.name != "__init__.py"], ids=place)
def test_a_suppression_gives_its_reason(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    silent = [number for number, line in enumerate(lines, 1)
              if re.search(r"#\s*(noqa|type:\s*ignore)(?!.*\s(-|#)\s*\w)", line)]
    assert silent == []


def test_no_work_is_left_for_later():
    words = re.compile(r"#.*\b(TODO|FIXME|XXX)\b")
    assert [place(path) for path in CODE if words.search(path.read_text(encoding="utf-8"))] == []

"""Formulas and roundings of the second calculation: Python's own grammar read over fractions, and nothing from ledger.core."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache

Look = Callable[[str], Fraction]


def number(text: object) -> Fraction:
    """"1.20", "1/22" or a whole number."""
    return Fraction(str(text))


@lru_cache(maxsize=10_000)
def _tree(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body


def value(text: object, look: Look, weeks: Sequence[Look] = ()) -> Fraction:
    """A formula's value; `look` knows the names, each of `weeks` those of one week."""
    text = str(text).strip()
    return _work(_tree(text), text, look, weeks)


def _work(node: ast.expr, text: str, look: Look, weeks: Sequence[Look]) -> Fraction:
    if isinstance(node, ast.Constant):
        return Fraction(text[node.col_offset:node.end_col_offset])
    if isinstance(node, ast.BinOp):
        left, right = _work(node.left, text, look, weeks), _work(node.right, text, look, weeks)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Mult):
            return left * right
        assert isinstance(node.op, ast.Div)
        return left / right if right else Fraction(0)
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        if node.func.id == "weekly":
            return sum((_work(node.args[0], text, week, ()) for week in weeks), Fraction(0))
        return {"min": min, "max": max}[node.func.id](_work(one, text, look, weeks) for one in node.args)
    return look(ast.unparse(node))


def whole(exact: Fraction, mode: str) -> int:
    """To a whole number; `up` is away from zero, `down` towards it."""
    size = abs(exact)
    low = size.numerator // size.denominator
    rest, half = size - low, Fraction(1, 2)
    up = {"half_up": rest >= half, "up": rest > 0, "down": False, "half_even": rest > half or (rest == half and low % 2 == 1)}
    return (low + up[mode]) * (1 if exact >= 0 else -1)


def staged(exact: Fraction, stages: list) -> Fraction:
    """Rounded by each stage in turn."""
    for stage in stages:
        exact = whole(exact / number(stage["step"]), stage["mode"]) * number(stage["step"])
    return exact


def in_cents(euros: Fraction, rounding: dict | None = None) -> int:
    """Euros to cents: half up to the cent, or as the rounding says."""
    rounding = rounding or {"mode": "half_up", "step": "0.01"}
    step = number(rounding["step"]) * 100
    return int(whole(euros * 100 / step, rounding["mode"]) * step)


def step_of(rounding: dict | None) -> int:
    """A rounding's step in cents."""
    return int(number(rounding["step"]) * 100) if rounding else 1

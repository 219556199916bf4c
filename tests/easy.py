"""Easy language, checked: what a sentence for a participant must not hold (words.md)."""

from __future__ import annotations

import re

MOST_WORDS = 12
BIGGEST_NUMBER = 999
_SENTENCE_END = re.compile(r"(?<=[.?:])\s+|\n+")
_SIGNS = {
    "(": "brackets", ")": "brackets", "[": "brackets", "%": "a percent", "€": "a euro sign", ";": "a semicolon",
    "!": "an exclamation mark", "/": "a slash", "=": "a formula"}
_SHORT = re.compile(
    r"\b(?:Nr|eil|val|vnt|min|proc|pan|kt|pvz|d|m|p|t\. y|etc|e\.g|i\.e|h|kg|ct|Eur|EUR|PVM|VšĮ|QR)\b\.?")


def easy_faults(text: str) -> list[str]:
    """What is wrong with a text in easy language, sentence by sentence; nothing when all is well."""
    sentences = [" ".join(part.split()) for part in _SENTENCE_END.split(text)]
    return [fault for sentence in sentences if sentence for fault in _sentence_faults(sentence)]


def _sentence_faults(sentence: str) -> list[str]:
    faults = [f"{name} in: {sentence}" for sign, name in _SIGNS.items() if sign in sentence]
    words = [word for word in sentence.split() if any(char.isalnum() for char in word)]
    if len(words) > MOST_WORDS:
        faults.append(f"{len(words)} words: {sentence}")
    faults += [f"short form {found}: {sentence}" for found in _SHORT.findall(sentence)]
    numbers = [int(number) for number in re.findall(r"\d+", sentence)]
    return faults + [f"big number {number}: {sentence}" for number in numbers if number > BIGGEST_NUMBER]

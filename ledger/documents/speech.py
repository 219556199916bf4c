"""Sentences as sound, for who would rather listen: espeak-ng on the server, so that no voice of the device is needed."""

from __future__ import annotations

import shutil
import subprocess

PROGRAM = "espeak-ng"
WORDS_A_MINUTE = "130"
PAUSE = "25"  # in espeak-ng's unit of ten milliseconds, at each full stop


def can_speak() -> bool:
    """Whether the program is installed."""
    return shutil.which(PROGRAM) is not None


def speak(sentences: list[str], language: str) -> bytes:
    """The sentences as a WAV file. Numbers come as words. Raises FileNotFoundError without the program."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise FileNotFoundError(PROGRAM)
    made = subprocess.run(  # noqa: S603 - one fixed program; the text goes in by standard input
        [program, "-v", language, "-s", WORDS_A_MINUTE, "-g", PAUSE, "--stdin", "--stdout"],
        input="\n".join(sentences).encode(), capture_output=True, check=True, timeout=20)
    return made.stdout

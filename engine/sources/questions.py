"""Questions of an import before it brings anything in: why, and the settings that would each answer it.

A sentence for a terminal names the flags; a page says the same without them and draws a button for each answer.
"""

import shlex
from collections.abc import Sequence
from typing import NamedTuple

from engine.commands import engine_command
from engine.config.importing import SourceConfig
from engine.errors import SourceError

HOLDS = "holds"
"""In place of a setting, where an answer is another kind of import: `scenes` for photos with outlines."""


READ = "read"
"""In place of a setting, where an answer is to read the images with a reader: its value is their source, as flags."""


class Remedy(NamedTuple):
    """One answer to a question.

    Attributes:
        title: what it means, as a button says it.
        setting: the setting that it changes, with dots; or HOLDS or READ.
        value: what the setting becomes.
    """

    title: str
    setting: str
    value: str

    @property
    def flag(self) -> str:
        """The words of a command that give the same answer."""
        if self.setting == READ:
            return engine_command(f"transcribe {self.value}")
        return "the command import-scenes" if self.setting == HOLDS else f"--{self.setting} {shlex.quote(self.value)}"


WITH_OUTLINES = Remedy("import the photos with their outlines", HOLDS, "scenes")
"""The answer that words are not to be cut out."""


def read_instead(source: SourceConfig) -> Remedy:
    """Return the answer that nothing says the texts, so that a reader reads them and people correct it."""
    flag = ["--path", source.path] if source.path else ["--upload", str(source.upload)]
    return Remedy("read them with a reader, and correct what it reads", READ, shlex.join(flag))


class ImportQuestion(SourceError):
    """A source of which nothing is imported until somebody answers.

    Attributes:
        reason: what is not sure, in words that fit on a page.
        remedies: the answers.
    """

    def __init__(self, reason: str, remedies: Sequence[Remedy]) -> None:
        answers = "; or ".join(f"{remedy.title} ({remedy.flag})" for remedy in remedies)
        if not reason.endswith(":"):
            answers = answers[:1].upper() + answers[1:]
        super().__init__(f"{reason} {answers}." if answers else reason)
        self.reason = reason
        self.remedies = tuple(remedies)

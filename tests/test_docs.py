"""The pages that people read first: their links lead somewhere, and their commands and paths are there."""

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cli.parser import command_parser
from engine.cli.presets import start_values
from engine.config import flags
from engine.config.variations import parse_flag
from engine.errors import GlyphlabError
from engine.jobs import KINDS

ROOT = Path(__file__).parent.parent
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "artifacts/README.md", "runtime/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "bench" / "starter").glob("*.md")),
]
TEXTS = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}


def heading_anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def shell_lines() -> Iterator[tuple[str, str]]:
    """Yield the lines of all blocks of commands with their page, continued lines as one."""
    for name, text in TEXTS.items():
        block: str | None = None  # the language of the block that a line stands in
        for line in text.replace("\\\n", " ").splitlines():
            if fence := re.match(r" *```(\w*)", line):
                block = fence[1] if block is None else None
            elif block in ("", "sh"):
                yield name, line.strip()


def test_commands_that_make_a_secret_keep_it_from_others():
    made = [line for _, line in shell_lines() if re.search(r"token_urlsafe|openssl rand", line)]
    assert len(made) == 2
    assert all(re.search(r"umask 077.*> ~/|install -m 600 /dev/stdin /etc/", line) for line in made), made


def test_links_between_pages_lead_to_files_and_headings_that_are_there():
    broken = []
    for name, text in TEXTS.items():
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            path, _, anchor = link.partition("#")
            target = (ROOT / name).parent / path if path else ROOT / name
            if re.match(r"\w+:", link) is None and not (
                target.exists() and (not anchor or anchor in heading_anchors(target))
            ):
                broken.append(f"{name}: {link}")
    assert not broken, broken


def test_the_promise_to_call_nobody_names_what_does():
    assert [name for name in ("README.md", "docs/deploy.md") if "`densenet121`" not in TEXTS[name]] == []


def test_every_page_of_docs_is_named_in_the_readme():
    assert [name for name in TEXTS if name.startswith("docs/") and name not in TEXTS["README.md"]] == []


def test_paths_and_modules_that_pages_name_are_there():
    named = [
        (name, path)
        for name, text in TEXTS.items()
        for path in [
            *re.findall(r"`((?:engine|dashboard|runtime|bench|docs|tests|deploy)/[\w./-]+)`", text),
            *re.findall(r"\b(docs/[\w-]+\.md)\b", text),
            *(
                one.replace(".", "/")
                for one in re.findall(r"python -m ((?:bench|engine|dashboard|docs)[\w.]*\w)", text)
            ),
        ]
    ]
    missing = [each for each in named if not any((ROOT / f"{each[1]}{end}").exists() for end in ("", ".py"))]
    assert not missing, missing


def test_targets_of_make_that_pages_name_are_there():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    lines = [line for _, line in shell_lines()] + re.findall(r"`(make \w+)`", "\n".join(TEXTS.values()))
    assert {line.split()[1] for line in lines if line.startswith("make ")} <= targets


def test_commands_of_the_pages_have_the_settings_and_presets_that_they_name(capsys: pytest.CaptureFixture[str]):
    parser, wrong = command_parser(), []
    lines = [(name, line.partition(" -m engine ")[2]) for name, line in shell_lines() if " -m engine " in line]
    for name, line in lines:
        try:
            check_command(parser, shlex.split(line, comments=True))
        except (GlyphlabError, SystemExit) as error:
            wrong.append(f"{name}: {line}: {error} {capsys.readouterr().err}")
    assert len(lines) > 60
    assert not wrong, wrong


def check_command(parser: argparse.ArgumentParser, words: list[str]) -> None:
    """Read a command as `main` does, and launch nothing. Raises as it does."""
    kind = KINDS.get(words[0])
    assigned, rest = ([], words) if kind is None else flags.split(kind.config, words)
    given = parser.parse_args(rest)
    if kind is None:
        return
    values = start_values(kind.config, kind.name, given.preset)
    for path, text in assigned:
        flags.assign(kind.config, values, path, text)
    run = kind.config.model_fields["run"].annotation if kind.collection == "sweeps" else kind.config
    for text in getattr(given, "vary", None) or ():
        parse_flag(run, text)  # pyright: ignore[reportArgumentType]

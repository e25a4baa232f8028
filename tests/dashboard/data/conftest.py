"""The Data page judges each recipe that it shows: here by few texts and images, in a tenth of the time."""

from importlib import import_module

import pytest


@pytest.fixture(autouse=True)
def short_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at few texts and images; a file about what is found in them replaces this fixture by one that looks at all.

    Functions of the same names hide the modules from those who import them as usual.
    """
    check, preview = (import_module(f"engine.synth.{name}") for name in ("check", "preview"))
    monkeypatch.setattr(check, "_TEXTS", 100)
    monkeypatch.setattr(check, "_IMAGES", 4)
    monkeypatch.setattr(preview, "_TIMED_SAMPLES", 2)

"""The table of what a fit gains: pairs of a seed, their mean gain, and its interval."""

from pathlib import Path

import pytest

from bench import fit


def test_the_gain_is_the_mean_over_seeds_with_its_interval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fit, "_SCORES", tmp_path / "fit.csv")
    for seed, (before, after) in enumerate([(0.40, 0.46), (0.42, 0.47), (0.41, 0.48)]):
        for name, share in (("scene text", before), ("scene text, fitted", after)):
            scores = {"real": {"word_accuracy": share - 0.1, "alphanumeric_accuracy": share}}
            fit.keep_scores(name, seed, "20 minutes", scores)
    lines = "\n".join(fit.table("20 minutes", ["real", "other"], range(3)))
    assert "| real | 0 | 40.0 % | 46.0 % | +6.0 |" in lines
    assert "| real | mean | | | +6.0 (+3.5 to +8.5) |" in lines
    assert "| other | 2 | – | – | – |" in lines
    assert "other | mean" not in lines

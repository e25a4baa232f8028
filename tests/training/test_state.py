"""Which validation is the best so far."""

import pytest

from engine.training.state import Best, RunState


def best(accuracy: float, cer: float = 0.5, loss: float = 1.0) -> Best:
    return Best(step=1, word_accuracy=accuracy, cer=cer, loss=loss)


@pytest.mark.parametrize(
    ("better", "worse", "why"),
    [
        (best(0.6), best(0.5), "more words"),
        (best(0.5, cer=0.1), best(0.5, cer=0.2), "as many words, fewer wrong characters"),
        (best(0.0, cer=1.0, loss=2.0), best(0.0, cer=1.0, loss=3.0), "nothing read yet, but surer"),
    ],
)
def test_the_better_validation_wins(better: Best, worse: Best, why: str):
    assert better.beats(worse), why
    assert not worse.beats(better), why
    assert not better.beats(better)
    assert worse.beats(None)


def test_a_state_survives_json_to_the_last_bit():
    state = RunState(identity="x", step=3, nats=0.1 + 0.2, best=best(1 / 3))
    assert RunState.model_validate_json(state.model_dump_json()) == state


@pytest.mark.parametrize("count", [0, 1, 20, 39, 40, 1000])
def test_the_short_curve_ends_where_the_curve_does_and_stays_short(count: int):
    state = RunState(identity="x", curve=[0.001 * number for number in range(count)])
    assert state.short_curve[-1:] == state.curve[-1:]
    assert min(count, 20) <= len(state.short_curve) < 40
    assert set(state.short_curve) <= set(state.curve)


def test_the_best_validation_says_how_sure_it_is():
    figures = best(0.5).figures(100)
    assert figures["images"] == 100
    assert figures["interval"] == pytest.approx([0.404, 0.596], abs=1e-3)

"""Successive halving: who goes on, who waits, and that those who go on are the best of the sweep in the end."""

from hypothesis import given
from hypothesis import strategies as st

from engine.sweeps.halving import goes_on, judged, next_to_go_on
from engine.sweeps.runs import SweepRun


def run(number: int, *values: float, state: str = "waiting") -> SweepRun:
    return SweepRun.model_validate(
        {"number": number, "combination": [("batch", str(number))], "judged": values, "state": state}
    )


def test_judgements_come_after_so_many_validations_and_four_times_as_many():
    values = [float(number) for number in range(1, 40)]
    assert judged(values, 2) == (2, 8, 32)
    assert judged(values[:7], 2) == (2,)
    assert judged([], 1) == ()


def test_no_run_goes_on_before_it_has_three_others_to_beat():
    runs = [run(0, 0.9, state="live"), run(1, 0.5), run(2, 0.6)]
    assert not goes_on(runs[0], runs, 0, greater_is_better=True)
    runs.append(run(3, 0.7))
    assert goes_on(runs[0], runs, 0, greater_is_better=True)
    assert not goes_on(runs[3], runs, 0, greater_is_better=True)
    assert goes_on(runs[1], runs, 0, greater_is_better=False)


def test_a_run_that_waits_goes_on_when_enough_worse_ones_have_come():
    runs = [run(0, 0.9, 0.95, state="finished"), run(1, 0.8), run(2, 0.5), run(3, 0.6)]
    assert next_to_go_on(runs, greater_is_better=True, last=False) is None
    runs += [run(number, 0.1) for number in range(4, 8)]
    assert next_to_go_on(runs, greater_is_better=True, last=False) == runs[1]


def test_of_fewer_than_four_runs_the_best_goes_on_when_no_other_comes():
    runs = [run(0, 0.5), run(1, 0.8), run(2, 0.6)]
    assert next_to_go_on(runs, greater_is_better=True, last=False) is None
    assert next_to_go_on(runs, greater_is_better=True, last=True) == runs[1]
    assert next_to_go_on([run(0, state="planned")], greater_is_better=True, last=True) is None


def test_a_run_that_failed_or_was_stopped_takes_no_place_among_the_best():
    runs = [run(0, 0.9, state="stopped"), run(1, 0.8, state="failed"), run(2, 0.6), run(3, 0.5)]
    assert next_to_go_on(runs, greater_is_better=True, last=True) == runs[2]


def test_of_runs_that_read_no_word_yet_the_ones_with_the_lowest_loss_are_the_best():
    runs = [run(number, 0.0).model_copy(update={"losses": (loss,)}) for number, loss in enumerate((3.0, 2.0, 1.0, 4.0))]
    assert next_to_go_on(runs, greater_is_better=True, last=False) == runs[2]
    runs[0] = runs[0].model_copy(update={"judged": (0.1,)})
    assert next_to_go_on(runs, greater_is_better=True, last=False) == runs[0]


def test_a_further_seed_that_waits_goes_on_once_another_of_its_settings_has_finished():
    runs = [run(0, 0.9, 0.9, state="finished"), run(1, 0.8), run(2, 0.7)]
    runs[2] = runs[2].model_copy(update={"combination": runs[0].combination})
    assert next_to_go_on(runs, greater_is_better=True, last=False) == runs[2]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=70, unique=True))
def test_whatever_the_order_the_best_finishes_and_a_quarter_or_more_goes_on(values: list[float]):
    """With curves that never cross, one run after the other, as `engine.sweeps.job` takes them."""
    runs: list[SweepRun] = []
    lasts = len(judged([0.0] * 16, 1))

    def learn(number: int) -> None:
        while len(runs[number].judged) < lasts:
            known = len(runs[number].judged)
            runs[number] = run(number, *[values[number]] * (known + 1), state="live")
            if not goes_on(runs[number], runs, known, greater_is_better=True):
                runs[number] = run(number, *runs[number].judged)
                return
        runs[number] = run(number, *runs[number].judged, state="finished")

    for number in range(len(values)):
        while waiting := next_to_go_on(runs, greater_is_better=True, last=False):
            learn(waiting.number)
        runs.append(run(number, state="live"))
        learn(number)
    while waiting := next_to_go_on(runs, greater_is_better=True, last=True):
        learn(waiting.number)
    assert runs[values.index(max(values))].state == "finished"
    for judgement in range(lasts - 1):
        came = [each for each in runs if len(each.judged) > judgement]
        went_on = [each for each in came if len(each.judged) > judgement + 1 or each.state == "finished"]
        assert len(went_on) >= max(1, len(came) // 4)
        best = sorted(came, key=lambda each: each.judged[judgement])[-max(1, len(came) // 4) :]
        assert all(each in went_on for each in best)

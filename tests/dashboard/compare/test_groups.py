"""Groups over seeds on Compare: what is told of them on top, in the table, in the curves and in reports."""

import random
from dataclasses import replace
from typing import Any

import pytest

from dashboard.common.runs import run_views
from dashboard.common.state import COMPARED_RUNS
from dashboard.compare.comparison import PLAIN, Comparison, sentence_on_top
from dashboard.compare.groups import group_views, over_seeds, top_sentence
from dashboard.compare.report.content import gather
from dashboard.compare.report.html import as_html
from dashboard.compare.report.tables import as_latex, as_markdown
from dashboard.compare.run_table import _columns, _tested_on, table_of
from dashboard.compare.score_kinds import READING
from engine.evaluation.results import names_of, results_of, shared_tests
from engine.files import read_json, write_json
from engine.jobs import list_jobs, paths
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said
from tests.dashboard.labs import ScoredLab, scored_lab


@pytest.fixture
def lab(workspace: Workspace) -> ScoredLab:
    return scored_lab(workspace)


def learn(lab: ScoredLab, rate: float, seeds: int, right: float, **changes: Any) -> None:
    """Write runs of several seeds, which read about that share of the images; each seed reads others."""
    for seed in range(seeds):
        luck = random.Random(f"{rate} {seed}")

        def read(place: int, truth: str, luck: random.Random = luck) -> str:
            return truth if luck.random() < right else "?"

        lab.run(f"{rate}, seed {seed}", read, learning_rate=rate, seed=seed, **changes)


def compared(lab: ScoredLab, together: bool = True) -> Comparison:
    runs = list_jobs(lab.workspace, "runs")
    views, results = list(run_views(runs).values()), results_of(lab.workspace, runs)
    tests = shared_tests(results)
    names = names_of(tests, list_jobs(lab.workspace, "datasets"), runs)
    groups = group_views(lab.workspace, views) if together else ()
    return Comparison(lab.workspace, READING, views, results, names, tests[0] if tests else None, groups)


def test_the_sentence_tells_the_effect_over_seeds_and_not_of_the_best_two(lab: ScoredLab):
    learn(lab, 0.003, 3, 0.9)
    learn(lab, 0.0005, 3, 0.2)
    words = top_sentence(compared(lab), PLAIN)
    assert words.startswith("learning rate 0.003 reads ")
    assert "points more of words than 0.0005 (95 % interval " in words
    assert words.endswith("over seeds and images; 3 seeds each).")
    assert "Best of 6" in top_sentence(compared(lab, together=False), PLAIN)


def test_where_seeds_differ_as_much_as_the_groups_nothing_is_told(lab: ScoredLab):
    learn(lab, 0.003, 3, 0.50)
    learn(lab, 0.002, 2, 0.45)
    words = top_sentence(compared(lab), PLAIN)
    assert words.startswith("No difference between ")
    assert "can be told from " in words
    assert "3 and 2 seeds" in words or "2 and 3 seeds" in words


def test_a_group_of_one_seed_tells_nothing_of_its_setting(lab: ScoredLab):
    learn(lab, 0.003, 2, 0.9)
    learn(lab, 0.0005, 1, 0.1)
    words = top_sentence(compared(lab), PLAIN)
    assert "0.0005 has one tested seed only, which tells nothing of the setting" in words


def test_of_more_than_two_groups_all_are_set_against_the_best(lab: ScoredLab):
    learn(lab, 0.003, 2, 1.0)
    learn(lab, 0.002, 2, 0.3)
    learn(lab, 0.001, 2, 0.1)
    words = top_sentence(compared(lab), PLAIN)
    assert words.startswith("Best of 3 groups: learning rate 0.003 reads ")
    assert words.count("2 seeds each") == 2
    assert "all told here at once" in words


def test_seeds_of_one_setting_alone_are_summed_up(lab: ScoredLab):
    learn(lab, 0.003, 3, 0.8)
    words = top_sentence(compared(lab), PLAIN)
    assert words.startswith("3 seeds read ")
    assert "of words on average (standard deviation " in words


def test_groups_are_told_by_all_settings_that_differ_and_each_has_its_own_title(lab: ScoredLab):
    changes = [{"batch": batch, "augment": share} for batch in (16, 32) for share in (0.1, 0.2)]
    for one in changes:
        learn(lab, 0.003, 2, 0.5, **one)
    groups = compared(lab).groups
    assert over_seeds(groups)
    assert [group.title for group in groups] == [
        f"batch {one['batch']}, augment {one['augment']}" for one in reversed(changes)
    ]
    assert {len(group.runs) for group in groups} == {2}


def test_page_and_reports_show_mean_deviation_number_and_bands(lab: ScoredLab, open_page: Open):
    learn(lab, 0.003, 2, 1.0)
    learn(lab, 0.0005, 2, 0.0)
    report = gather(compared(lab))
    assert [list(row) for row in report.groups] == [
        ["Group", "words (mean)", "words (sd)", "words (n)"],
        ["learning rate 0.0005", "0.0 %", "0.0", "2"],
        ["learning rate 0.003", "100.0 %", "0.0", "2"],
    ]
    page = as_html(report)
    assert page.count("<polygon") == 4
    assert "standard deviation over seeds" in page
    assert "| learning rate 0.003 | 100.0 % | 0.0 | 2 |" in as_markdown(report)
    assert r"learning rate 0.003 & 100.0 \% & 0.0 & 2 \\" in as_latex(report)
    app = open_page("home")
    app.query_params["runs"] = ",".join(run.id for run in list_jobs(lab.workspace, "runs"))
    app.switch_page("app_pages/compare.py").run()
    assert "learning rate 0.003 reads 100.0 points more of words than 0.0005" in said(app)
    assert "| words (mean) | words (sd) | words (n) |" in said(app).replace(":gray[", "")
    app.session_state["compare-tab"] = "Curves"
    app.run()
    assert not app.exception
    assert "Mean of the seeds on validation images" in said(app)
    app.toggle(key="compare-together-words").set_value(False).run()
    assert "Best of 4: " in said(app)


def test_the_columns_of_scores_say_whose_test_images_and_which_interval(lab: ScoredLab):
    lab.run("one", lambda place, truth: truth)
    folders.run(lab.workspace, "not tested", "stopped", lab.dataset)
    views = list(run_views(list_jobs(lab.workspace, "runs")).values())
    assert _tested_on(views) == "test of words"
    other = lab.run("other", lambda place, truth: truth)
    write_json(other.folder / paths.SUMMARY, read_json(other.folder / paths.SUMMARY) | {"dataset_name": "crops"})
    assert _tested_on(list(run_views(list_jobs(lab.workspace, "runs")).values())) == "own test"
    titles = [column["label"] for column in _columns("own test").values() if column["label"]]
    assert len(titles) == len(set(titles))


def test_runs_that_were_started_together_are_chosen_by_one_click(lab: ScoredLab, open_page: Open):
    learn(lab, 0.003, 2, 0.5)
    learn(lab, 0.0005, 2, 0.5)
    together = list_jobs(lab.workspace, "runs")
    for run in together:
        record = read_json(run.folder / paths.JOB)
        write_json(run.folder / paths.JOB, record | {"group": "g" * 64}, durable=False)
    lab.run("alone", lambda place, truth: truth)
    app = open_page("compare")
    (button,) = (button for button in app.button if str(button.key).startswith("compare-group-"))
    assert button.label.startswith("learning rate × seed · 4 runs · ")
    button.click().run()
    assert app.session_state[COMPARED_RUNS] == {run.id for run in together}
    assert app.query_params["runs"] == ",".join(run.id for run in together)


ALONE = {"word_accuracy_alone": 0.5, "any_case_accuracy_alone": 0.6, "cer_alone": 0.2}


def test_each_figure_is_told_by_the_image_alone_too(lab: ScoredLab, open_page: Open):
    lab.run("plain", lambda place, truth: "?" if place else truth)
    lab.run("clever", lambda place, truth: truth, ALONE)
    chosen = compared(lab, together=False)
    first = replace(chosen, runs=chosen.runs[:1], results={chosen.runs[0].id: chosen.results[chosen.runs[0].id]})
    assert sentence_on_top(first, PLAIN).startswith("clever reads 100.0 % (50.0 % by the image alone) of words")
    assert sentence_on_top(chosen, PLAIN).endswith("By the image alone: 50.0 % and 2.8 %.")
    assert ", 50.0 % by the image alone [0.0 %]" in as_markdown(gather(chosen)).replace("\\", "")
    table, _ = table_of(chosen.runs)
    assert table["Validation alone"].tolist() == [80.0, 80.0]
    page = open_page("compare")
    assert "(50.0 %)" in said(page)
    for name, alone in (("CER", "20.0 %"), ("In any case", "60.0 %")):
        page.segmented_control(key="compare-measure-words").set_value(name).run()
        assert f"({alone})" in said(page)


def test_groups_are_told_by_the_image_alone_too(lab: ScoredLab):
    for seed, alone in enumerate((0.5, 0.7)):
        lab.run(f"seed {seed}", lambda place, truth: truth, {"word_accuracy_alone": alone}, seed=seed)
    chosen = compared(lab)
    assert top_sentence(chosen, PLAIN).startswith(
        "2 seeds read 100.0 % (60.0 % by the image alone) of words on average"
    )
    assert gather(chosen).groups[1][1] == "100.0 % (60.0 %)"
    learn(lab, 0.0005, 2, 0.0)
    assert top_sentence(compared(lab), PLAIN).endswith("By the image alone: 60.0 % and 0.0 %.")

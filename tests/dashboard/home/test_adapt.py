"""A reader of one's own photos, on Home: what is asked, what was gained, and where each step stands."""

import shlex

import pytest

from engine.adaptation.stages import StageJob, StageName, keep_stage
from engine.cli.main import build
from engine.config.adapting import AdaptConfig
from engine.config.fitting import FitConfig
from engine.config.flags import split
from engine.config.reading import TranscribeConfig
from engine.config.recipe_presets import PRESETS
from engine.files import write_json
from engine.jobs import KINDS, list_jobs, paths
from engine.jobs.records import Reason
from engine.sources.labelling import ImageLabel, give_labels
from engine.synth import save_recipe
from engine.synth.in_language import in_language
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said
from tests.dashboard.folders import Made
from tests.helpers.sources import png, save_files
from tests.helpers.tiny_bundles import save_run_bundle

CONFIG = AdaptConfig(path="mine")


def adaptation(workspace: Workspace, reason: Reason | None = None, **summary: object) -> Made:
    made = folders.job(workspace, "adaptations", "adapt", "serials", CONFIG, reason)
    write_json(made.folder / paths.SUMMARY, summary)
    return made


def transcript(workspace: Workspace) -> Made:
    return folders.job(workspace, "transcripts", "transcribe", "serials", TranscribeConfig(path="mine"), "finished")


def test_what_waits_for_people_is_counted_and_one_click_away(workspace: Workspace, open_page: Open):
    asked, judging = transcript(workspace), transcript(workspace)
    give_labels(asked.folder, [ImageLabel(f"{number}.png", "a", "right", "0" * 64) for number in range(3)])
    made = adaptation(workspace, asks={asked.id: 20, judging.id: 7})
    keep_stage(made.folder, "judge", StageJob("transcripts", judging.id))
    keep_stage(made.folder, "ask", StageJob("transcripts", asked.id))
    with folders.alive(made):
        app = open_page("home")
        assert not app.exception
        labels = [button.label for button in app.button]
        assert "The least sure: 3 of 20" in labels
        assert "Those set aside: 0 of 7" in labels
        steps = [line for line in said(app).splitlines() if "confirm or correct what it reads" in line]
        assert steps
        assert "About 6 min of work left in all." in said(app)  # tuning, and reading before and after


def test_the_time_left_is_that_of_the_stages_to_come(workspace: Workspace, open_page: Open):
    made = adaptation(workspace)
    with folders.alive(made):
        assert "About 37 min of work left in all." in said(open_page("home"))
        read = transcript(workspace)
        keep_stage(made.folder, "judge", StageJob("transcripts", read.id))
        keep_stage(made.folder, "read", StageJob("transcripts", read.id))
        app = open_page("home")
        assert not app.exception
        assert "About 35 min of work left in all." in said(app)


@pytest.mark.parametrize(
    ("low", "significant", "words"),
    [
        (0.05, True, "6 of 20 images read before, 13 now (95 % interval 5 to 60 points more)"),
        (
            0.03,
            False,
            "13 now (95 % interval 3 to 60 points more): so few images tell no difference from chance",
        ),
        (-0.1, False, "13 now (95 % interval 10 points fewer to 60 more): so few images tell"),
    ],
)
def test_what_was_gained_is_told_with_its_interval(
    workspace: Workspace, open_page: Open, low: float, significant: bool, words: str
):
    figures = {"images": 20, "before": 6, "after": 13, "difference": 0.35, "low": low, "high": 0.6}
    adaptation(workspace, "finished", significant=significant, **figures)
    app = open_page("home")
    assert not app.exception
    assert words in said(app)


@pytest.mark.usefixtures("lab")
def test_an_adaptation_starts_by_one_button(workspace: Workspace, open_page: Open):
    save_files(workspace.imports / "mine", {f"{number}.png": png(number) for number in range(20)})
    mine = save_recipe(workspace, PRESETS["clean print"], "mine")
    run = folders.run(workspace, "earlier", None)
    save_run_bundle(workspace, run=run.id)
    app = open_page("home")
    app.selectbox(key="adapt-path").select(str(workspace.imports / "mine")).run()
    assert not app.exception
    assert "confirm at most" in said(app)
    app.selectbox(key="adapt.settings.recipe").select(mine.id)
    app.selectbox(key="adapt.settings.language").select("el")
    app.selectbox(key="adapt.settings.start_from").select(run.id)
    app.number_input(key="adapt.settings.seed").set_value(7).run()
    assert not app.exception
    (line,) = [code.value for code in app.code]
    next(button for button in app.button if str(button.key).startswith("start-adapt")).click().run()
    (job,) = list_jobs(workspace, "adaptations")
    config = AdaptConfig.parse(job.config)
    assert config.path == str(workspace.imports / "mine")
    assert (config.start_from, config.seed) == (run.id, 7)
    assert config.recipe == in_language(PRESETS["clean print"].changed(name="mine"), "el")
    assigned, rest = split(AdaptConfig, shlex.split(line)[4:])
    assert rest == ["--preset", "clean print", "--name", "mine"]
    assert build(workspace, KINDS["adapt"], "clean print", None, assigned) == config


def test_every_stage_leads_to_its_page_and_a_reader_to_its_use(workspace: Workspace, open_page: Open):
    data, read = folders.dataset(workspace, "drawn"), transcript(workspace)
    run = folders.run(workspace, "tuned", "finished", data.id)
    fit = folders.job(workspace, "fits", "fit", "fitted", FitConfig(transcript=read.id), "finished")
    figures = {"images": 20, "before": 6, "after": 13, "difference": 0.35, "low": 0.1, "high": 0.6}
    made = adaptation(workspace, "finished", significant=True, run=run.id, sure=4, recipe_drawn="unfitted", **figures)
    stages: dict[StageName, StageJob] = {
        "judge": StageJob("transcripts", read.id),
        "read": StageJob("transcripts", read.id),
        "fit": StageJob("fits", fit.id),
        "draw": StageJob("datasets", data.id),
        "tune": StageJob("runs", run.id),
        "after": StageJob("evaluations", "0" * 26),
    }
    for name, stage in stages.items():
        keep_stage(made.folder, name, stage)
    words = said(open_page("home"))
    assert "skipped: 4 of 10 that it takes" in words
    assert "by the recipe as it was" in words
    pages = {"judge": "Read", "fit": "Data", "draw": "Data", "tune": "Watch", "after": "Compare"}
    ways = {f"stage-{name}": page for name, page in pages.items()} | {"use": "Read", "compare": "Compare"}
    for key, page in ways.items():
        app = open_page("home")
        app.button(key=f"adapt-{key}-{made.id}").click().run()
        assert not app.exception
        assert app.title[0].value.startswith(page), key


def test_all_that_wait_for_people_are_shown(workspace: Workspace, open_page: Open):
    waiting = adaptation(workspace, asks={transcript(workspace).id: 20})
    ended = [adaptation(workspace, "stopped") for _ in range(4)]
    with folders.alive(waiting):
        app = open_page("home")
        keys = [str(button.key) for button in app.button]
        assert any(key.startswith("adapt-ask-") for key in keys)
        assert [one.id for one in ended if f"adapt-{one.id}-resume" in keys] == [one.id for one in ended[1:]]

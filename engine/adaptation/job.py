"""The adaptation job: ordinary jobs one after another, each of which can be opened, stopped and resumed by itself.

It waits for each, and for people where they are asked, and works little itself. A stopped adaptation goes on at the
stage where it stood: jobs that were launched are found again, and one that was stopped is resumed.
"""

import contextlib
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from engine.adaptation.requests import open_images, readable_images
from engine.adaptation.stages import RESULTS, STAGES, TITLES, StageJob, StageName, job_of_stage, keep_stage
from engine.adaptation.truths import former_truths
from engine.adaptation.words import SetApart, words_of
from engine.config.adapting import AdaptConfig
from engine.config.base import Config
from engine.config.fitting import FitConfig
from engine.config.generate import GenerateConfig
from engine.config.importing import ImportConfig
from engine.config.presets import FINE_TUNING
from engine.config.reading import EvaluateConfig, TranscribeConfig
from engine.config.train import TrainConfig
from engine.documents.found_words import WordFinder
from engine.errors import JobError
from engine.evaluation.evaluate import load_readings
from engine.evaluation.paired import Paired, match, pair
from engine.jobs import KINDS, Job, State, launch, load_job, paths, resume, stop
from engine.jobs.context import JobContext, Stopped
from engine.jobs.summaries import fit_summary
from engine.reading.bundle import newest_bundle
from engine.sources.labelling import import_of_labels, texts_to_import
from engine.sources.locate import open_source, save_upload
from engine.synth.photo_fit.kept import fitted_recipe
from engine.synth.photo_fit.wording import verdict
from engine.synth.whole_packs import written_out

_POLL = 0.5  # seconds
_LEAST_SURE = 10  # readings without which nothing is learned from them
_AT_THE_END = 1_000_000  # steps between validations: none but the last


class Adaptation:
    """One adaptation at work.

    Args:
        config: its settings.
        job: its job.
    """

    def __init__(self, config: AdaptConfig, job: JobContext) -> None:
        self._config, self._job, self._workspace = config, job, job.workspace
        self._name = load_job(job.workspace, "adaptations", job.id).name
        self._apart = SetApart(job.folder, config.judged, config.seed)

    def run(self) -> None:
        """Go through all stages; see `work`."""
        config = self._config
        judge = self._stage("judge", "transcribe", lambda: self._first_reading(0))
        words = self._stage("read", "transcribe", lambda: self._first_reading(1))
        fit = self._stage("fit", "fit", lambda: self._fit_config(words))
        drawn = self._stage("draw", "generate", lambda: self._generate_config(fit))
        learned = self._learn("learn", config.minutes, drawn, config.start_from)
        sure = self._sure(self._read("reread", words, learned))
        taught = self._learn("teach", config.teach_minutes, drawn, learned.id, sure) if sure else learned
        asked = self._read("ask", words, taught)
        self._ask(asked, judge)
        truths = self._stage("truths", "import", lambda: self._truths_config(asked))
        tuned = self._learn("tune", config.tune_minutes, drawn, taught.id, truths)
        test = self._stage("test", "import", lambda: import_of_labels(judge.id, "testing"))
        before = self._stage("before", "evaluate", lambda: EvaluateConfig(run=config.start_from, dataset=test.id))
        after = self._stage("after", "evaluate", lambda: EvaluateConfig(run=tuned.id, dataset=test.id))
        self._tell(pair(match(*(load_readings(each.folder / paths.READINGS) for each in (after, before)))), tuned)
        self._apart.remove()

    def _first_reading(self, part: int) -> TranscribeConfig:
        """Return the reading of the words that judge, or of the others, by the reader that is adapted."""
        if not self._apart.written:
            self._job.phase(TITLES["judge"])
            self._set_apart()
        path = self._apart.parts[part]
        with path.open("rb") as file:
            upload = save_upload(self._workspace, file, path.name)
        return TranscribeConfig(upload=upload.id, run=self._config.start_from)

    def _set_apart(self) -> None:
        config = self._config
        with open_source(self._workspace, config) as tree:
            words = words_of(
                tree,
                config.content,
                WordFinder(self._workspace, config.start_from, config.locator),
                partial(self._job.advance, unit="files"),
                lambda why: self._note(f"Left out: {why}"),
            )
            self._apart.write(words, self._note)

    def _fit_config(self, words: Job) -> FitConfig:
        config = self._config
        return FitConfig(
            transcript=words.id,
            recipe=written_out(config.recipe, self._workspace, self._checked_faces),
            run=config.start_from,
            content="word",
            trials=config.trials,
            seed=config.seed,
        )

    def _generate_config(self, fit: Job) -> GenerateConfig:
        """Return what is drawn: by the fitted recipe where its gain is beyond chance, as the fit itself says."""
        config = self._config
        found = fit_summary(fit)
        fitted = fitted_recipe(fit.folder) if found.gained else None
        drawn = "fitted" if fitted else "unfitted"
        self._job.summary(recipe_drawn=drawn)
        self._note(f"Images are drawn by the {drawn} recipe. {verdict(found)}".rstrip())
        recipe = written_out(fitted or config.recipe, self._workspace, self._checked_faces)
        return GenerateConfig(recipe=recipe, images=config.images, seed=config.seed)

    def _read(self, stage: StageName, words: Job, run: Job) -> Job:
        return self._stage(stage, "transcribe", lambda: TranscribeConfig(transcript=words.id, run=run.id))

    def _sure(self, read: Job) -> Job | None:
        """Return the dataset of the readings of a transcript that the reader was sure of; None where these are few."""
        known = self._kept("sure")  # what is confirmed since does not count
        if known is None:
            known = len(texts_to_import(read.folder, also_read=True, sure=self._config.sure))
            self._job.summary(sure=known, sure_least=_LEAST_SURE)
            if known < _LEAST_SURE:
                self._note(
                    f"Sure readings: {known} of the {_LEAST_SURE} that are needed, so the reader learns from none of "
                    "them. A lower least confidence would take more."
                )
        if known < _LEAST_SURE:
            return None
        return self._stage("sure", "import", lambda: self._labels_config(read))

    def _truths_config(self, asked: Job) -> ImportConfig:
        """Return the import of what was confirmed: a later version of what was kept of the same photos before."""
        former = former_truths(self._workspace, self._job.id, asked.folder)
        if former:
            self._note(f"What is kept is a later version of {former.name!r}.")
        return self._labels_config(asked).changed(follows=former and former.id)

    def _labels_config(self, read: Job) -> ImportConfig:
        """Return the import of what was confirmed of a transcript and of its sure readings, all to be learned from.

        No share is kept for validation: see `_learn`.
        """
        return import_of_labels(read.id, "learning", texts="read", sure=self._config.sure, validation=0.0)

    def _learn(self, stage: StageName, minutes: float, drawn: Job, parent: str, own: Job | None = None) -> Job:
        """Return a run that goes on from a reader with drawn images, half and half with a dataset of one's own."""
        bundle = newest_bundle(self._workspace, parent).manifest
        settings = {
            **FINE_TUNING,  # the running mean of the weights reads for the next stage
            "dataset": drawn.id,
            "mix": [] if own is None else [{"dataset": own.id}],
            "start_from": parent,
            "minutes": minutes,
            # Nothing is chosen by validation. Drawn images would choose the step that reads them best, perhaps one
            # before the photos were learned, and the weight of likely texts that suits the recipe's words. Confirmed
            # words would leave it to chance: where two steps read 6 % of them differently, their difference over 60
            # words has a standard error of 3 points, √(0.06 / 60), and over 20 one of 5. Those that were asked for
            # are the hardest, no fair sample, and each that is held back is lost for learning. So the last step
            # counts, where the rate has fallen to zero and the weights are a running mean, and likely texts keep the
            # weight that they had.
            "evaluate_every": _AT_THE_END,
            "language": bundle.language.weight if bundle.language else 0.0,
            "unfit": "skip",
            "seed": self._config.seed,
        }
        return self._stage(stage, "train", lambda: TrainConfig.parse({**settings, "reader": bundle.reader}))

    def _ask(self, asked: Job, judge: Job) -> None:
        """Wait until people have confirmed what they are asked. Raises Stopped.

        The images are chosen once, when the wait begins: labels that were there by then were not asked for.
        """
        told = self._kept("asked")
        if told is None:
            told = open_images(asked.folder, readable_images(asked.folder))[: self._config.confirmed]
        wanted = ((asked, told), (judge, readable_images(judge.folder)))
        self._job.summary(asked=told, asks={job.id: len(names) for job, names in wanted})
        self._job.phase("Waiting for you")
        total = sum(len(names) for _, names in wanted)
        while (left := sum(len(open_images(job.folder, names)) for job, names in wanted)) > 0:
            self._job.progress(total - left, total, "images", awaited=True)
            self._sleep()
        self._job.summary(asks=None)

    def _kept(self, name: str) -> Any:
        """Return a figure of this adaptation that was decided before, also by the process that was stopped; or None."""
        return load_job(self._workspace, "adaptations", self._job.id).summary.get(name)

    def _note(self, text: str) -> None:
        self._job.event("note", None, text=text)

    def _checked_faces(self, done: int, of: int) -> None:
        self._job.advance(done, of, "faces")

    def _tell(self, paired: Paired, tuned: Job) -> None:
        low, high = paired.interval
        self._job.summary(
            run=tuned.id,
            images=paired.images,
            before=paired.both + paired.second_only,
            after=paired.both + paired.first_only,
            difference=paired.difference,
            low=low,
            high=high,
            significant=paired.significant,
        )

    def _stage(self, name: StageName, kind: str, make: Callable[[], Config]) -> Job:
        """Return the job of a stage when it has finished: launched, or found, and resumed where it was stopped.

        One that was deleted is launched anew.

        Raises:
            JobError: it failed, or somebody stopped it.
            Stopped: this adaptation is to stop; so is the job of the stage.
        """
        job = None
        with contextlib.suppress(JobError):
            job = job_of_stage(self._workspace, self._job.folder, name)
        if job is None:
            title = f"{self._name[:50]}: {RESULTS[name]}"
            id = launch(self._workspace, kind, make(), name=title, nonce=f"adaptation {self._job.id} {name}")
            job = load_job(self._workspace, KINDS[kind].collection, id)
            keep_stage(self._job.folder, name, StageJob(job.collection, job.id))
        elif job.state.resumable:
            resume(self._workspace, job.collection, job.id)
        self._job.phase(f"{TITLES[name]} ({STAGES.index(name) + 1} of {len(STAGES)})")
        return self._finished(name, job)

    def _finished(self, name: StageName, job: Job) -> Job:
        while (job := load_job(self._workspace, job.collection, job.id)).state.live:
            if job.progress is not None and job.progress.unit:
                self._job.progress(job.progress.done or 0, job.progress.total, job.progress.unit, awaited=True)
            try:
                self._sleep()
            except Stopped:
                stop(self._workspace, job.collection, job.id, "Its adaptation was stopped.")
                raise
        if job.state is not State.finished:
            raise JobError(
                f"The stage {TITLES[name]!r} is {job.state.words} ({job.message or 'no reason was left'}). Resume this "
                "adaptation to go on with it."
            )
        return job

    def _sleep(self) -> None:
        until = time.monotonic() + _POLL
        while time.monotonic() < until:
            if self._job.stop_requested():
                raise Stopped
            time.sleep(0.05)


def work(config: AdaptConfig, job: JobContext) -> None:
    """Adapt a reader to the images of a source.

    Raises:
        JobError: a stage failed, or its job was stopped or deleted.
        SourceError: the source is not there, not allowed, not safe, or holds too few words.
        SpaceError: the disk is full.
        Stopped: the user asked; the job of the stage is stopped, too.
    """
    Adaptation(config, job).run()

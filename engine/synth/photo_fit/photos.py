"""Real words to fit a recipe to: crops as they are, or cut out of whole photos and pages, with their texts.

They are put into the job's folder once, so that a fit that was stopped goes on with the same ones. What cannot be used
(blank, damaged, twice there) is counted by its reason.
"""

import os
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

import numpy as np
from PIL import Image

from engine.config.fitting import FEWEST_CROPS, FEWEST_JUDGES, GOOD_NUMBER, MOST_CROPS, FitConfig
from engine.config.importing import ImportConfig
from engine.datasets.dataset import open_dataset
from engine.datasets.importing.scan import listed_labels
from engine.documents.found_words import WordFinder, shows_page
from engine.documents.pdf_pages import MAX_PDF_BYTES
from engine.documents.sources import PageImage, is_pdf, page_images
from engine.errors import ImageError, SourceError, UnsafeSourceError
from engine.files import write_bytes, write_json
from engine.formatting import count
from engine.images.encode import png_bytes
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.reading.bundle import newest_bundle, open_reader
from engine.sources.locate import open_source
from engine.sources.photo_groups import held_out, photo_of
from engine.sources.tree import Tree, has_pages
from engine.synth.photo_fit.kept import RealCrop, crop_path, kept_crops
from glyphlab_read.images.blank import is_blank
from glyphlab_read.reading.reader import Reader
from glyphlab_read.reading.results import Reading

_WORDS_OF_A_PHOTO = 5  # at most, where there are many photos
_HIGHEST = 512  # px of a crop that is kept; no recipe draws higher ones than a quarter of that
_SURE = 0.5  # confidence of a reading whose text is drawn again
_ROUNDING = 1e-6  # of shares: a fifth of 30 is 6


@dataclass
class _Collected:
    """Crops as they come in.

    Attributes:
        crops: image, text (None: to be read), and the photo that it is from.
        labelled: how many of them had a label.
        left_out: how often what was left out, by reason.
        seen: digests of the crops.
    """

    crops: list[tuple[Image.Image, str | None, str]] = field(default_factory=list)
    labelled: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    seen: set[bytes] = field(default_factory=set)

    def add(self, image: Image.Image, text: str | None, place: str, *, labelled: bool) -> None:
        """Take in a crop, unless it is blank or there already."""
        image = image.convert("RGB")
        if image.height > _HIGHEST:
            image.thumbnail((image.width, _HIGHEST))
        if is_blank(image):
            self.left_out["blank"] += 1
            return
        digest = sha256(repr(image.size).encode() + image.tobytes()).digest()
        if digest in self.seen:
            self.left_out["there twice"] += 1
            return
        self.seen.add(digest)
        self.crops.append((image, text, place))
        self.labelled += labelled


class _HeldOut(NamedTuple):
    """The crops that are held out, True for each, and whether they are all of their photos."""

    crops: list[bool]
    whole_photos: bool


def real_crops(config: FitConfig, job: JobContext) -> list[RealCrop]:
    """Return the crops of a fit, which are opened, read and shared out the first time that they are asked for.

    Raises:
        SourceError: the source is not there, not allowed, not safe, or has too few words.
        BundleError: there is no such reader or locator.
        DatasetError: there is no such dataset of words.
        SpaceError: the disk is full.
        Stopped: the user asked.
    """
    if not (job.folder / paths.FIT_PHOTOS).exists():
        _keep(_collected(config, job), config, job)
    return kept_crops(job.folder)


def _collected(config: FitConfig, job: JobContext) -> _Collected:
    job.phase("opening the photos")
    found = _Collected()
    if config.dataset is not None:
        dataset = open_dataset(job.workspace.folder("datasets", config.dataset))
        rows = dataset.split_or_all("train").index.to_numpy()
        chosen = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_CROPS)).astype(int)]
        for number in dict.fromkeys(map(int, chosen)):
            found.add(dataset.image(number), dataset.label(number), str(number), labelled=True)
        return found
    with open_source(job.workspace, config) as tree:
        _from_files(tree, config, job, found)
    return found


def _from_files(tree: Tree, config: FitConfig, job: JobContext, found: _Collected) -> None:
    names = [member.name for member in tree.members if has_pages(member.name)]
    if not names:
        raise SourceError(
            f"{tree.title!r} holds no images and no PDF files. Choose one with crops of words, or photos."
        )
    labels, finder = _labels(tree, config, job), WordFinder(job.workspace, config.run, config.locator)
    most = max(_WORDS_OF_A_PHOTO, MOST_CROPS // len(names))
    # In any order but that of the names: folders often part cameras, days and places.
    for name in random.Random(config.seed).sample(names, min(len(names), 2 * MOST_CROPS)):
        try:
            content = tree.read(name, MAX_PDF_BYTES)
            for page in page_images(content, name):
                if not isinstance(page, PageImage):
                    found.left_out[page.problem] += 1
                elif shows_page(config.content, page, pdf=is_pdf(content)):
                    for crop, reading in finder.words(page.image, most):
                        found.add(crop, _sure_text(reading), f"{name} {page.number}", labelled=False)
                else:
                    found.add(page.image, labels.get(name), photo_of(name), labelled=name in labels)
                if len(found.crops) >= MOST_CROPS:
                    del found.crops[MOST_CROPS:]
                    return
                job.advance(len(found.crops), MOST_CROPS, "crops")
        except UnsafeSourceError:
            raise
        except (ImageError, SourceError, OSError) as error:
            found.left_out[str(error)] += 1


def _labels(tree: Tree, config: FitConfig, job: JobContext) -> dict[str, str]:
    """Return the labels that lie beside the images, by image; none, and a note, where they cannot be understood."""
    try:
        return listed_labels(tree, ImportConfig(path=".", encoding=config.encoding))
    except UnsafeSourceError:
        raise
    except SourceError as error:
        job.event("note", None, text=f"No labels are taken, and the reader's own texts stand in: {error}")
        return {}


def _reader(config: FitConfig, job: JobContext) -> Reader:
    return open_reader(
        newest_bundle(job.workspace, config.run).folder, job.workspace, threads=len(os.sched_getaffinity(0))
    )


def _keep(found: _Collected, config: FitConfig, job: JobContext) -> None:
    """Read what nobody labelled, hold some out, and put all into the job's folder, the list last."""
    left_out = [f"{number:,} × {reason}" for reason, number in found.left_out.most_common()]
    if len(found.crops) < FEWEST_CROPS:
        reasons = f" (left out: {'; '.join(left_out)})" if left_out else ""
        raise SourceError(
            f"Usable crops of words that were found: {len(found.crops)}{reasons}. A fit needs {FEWEST_CROPS}, and "
            f"follows more than chance from {GOOD_NUMBER} on. Add crops of single words, or photos that show some."
        )
    places = [place for _, _, place in found.crops]
    held_out = _held_out(places, config.held_out, config.seed)
    _tell(found, left_out, held_out, job)
    texts = _texts(found, config, job)
    (job.folder / paths.CROPS).mkdir(exist_ok=True)
    for number, (image, _, _) in enumerate(found.crops):
        write_bytes(crop_path(job.folder, number), png_bytes(image), durable=False)
    numbers = {place: number for number, place in enumerate(dict.fromkeys(places))}
    rows = [
        {"text": text, "held_out": out, "photo": numbers[place] if held_out.whole_photos else number}
        for number, (text, out, place) in enumerate(zip(texts, held_out.crops, places, strict=True))
    ]
    write_json(job.folder / paths.FIT_PHOTOS, {"crops": rows})


def _tell(found: _Collected, left_out: Sequence[str], held_out: _HeldOut, job: JobContext) -> None:
    if left_out:
        job.event("note", None, text=f"Left out: {'; '.join(left_out)}.")
    number, places = len(found.crops), len({place for _, _, place in found.crops})
    if number < GOOD_NUMBER:
        told = f"Only {count(number, 'crops')}: with fewer than {GOOD_NUMBER} much of what is fitted is chance."
        job.event("note", None, text=told)
    if (judges := sum(held_out.crops)) < FEWEST_JUDGES:
        told = f"{count(judges, 'crops')} are held out, too few to tell a gain: that takes {FEWEST_JUDGES}."
        job.event("note", None, text=told)
    if not held_out.whole_photos:
        told = (
            f"All crops are of {count(places, 'photos')}, whose words are both fitted to and held out: a gain is one "
        )
        job.event("note", None, text=f"{told}for this light and this lettering. More photos tell of others, too.")
    left = sum(found.left_out.values())
    job.summary(crops=number, photos=places, labelled=min(found.labelled, number), left_out=left)


def _texts(found: _Collected, config: FitConfig, job: JobContext) -> list[str]:
    """Return the text of each crop: its label, else what the reader surely reads, else none."""
    unread = [number for number, (_, text, _) in enumerate(found.crops) if text is None]
    texts = [text or "" for _, text, _ in found.crops]
    if unread:
        job.phase("reading the crops")
        readings = _reader(config, job).read_many([found.crops[number][0] for number in unread])
        for number, reading in zip(unread, readings, strict=True):
            texts[number] = _sure_text(reading)
    return [" ".join(text.split()) for text in texts]


def _sure_text(reading: Reading) -> str:
    return reading.text if reading.confidence >= _SURE else ""


def _held_out(places: Sequence[str], share: float, seed: int) -> _HeldOut:
    """Choose the crops that are held out: whole photos where enough of them can judge, single words where not."""
    wanted = max(2, int(share * len(places) + _ROUNDING))
    crops = held_out([str(number) for number in range(len(places))], places, wanted, seed, fewest=FEWEST_JUDGES)
    out, learned = (
        {place for place, held in zip(places, crops, strict=True) if held is kind} for kind in (True, False)
    )
    return _HeldOut(crops, not out & learned)

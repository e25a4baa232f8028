"""Distractors: things of the size and sharpness of letters that are none, so that a locator learns the difference."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from engine.synth.textures import Generator, Pixels, palette

Place = tuple[int, int]
Tone = tuple[float, float, float]


def add_distractors(rng: Generator, scene: Pixels, count: int, taken: Callable[[Place, float], bool]) -> None:
    """Draw things on a scene, in place, where nothing is yet.

    Args:
        rng: decides all.
        scene: RGB.
        count: how many are tried.
        taken: says whether the surroundings (middle and radius in px) of a place hold text.
    """
    height, width = scene.shape[:2]
    for _ in range(count):
        size = float(np.exp(rng.uniform(np.log(6), np.log(90))))
        place = (int(rng.integers(width)), int(rng.integers(height)))
        if not taken(place, 2.2 * size):
            draw = _KINDS[int(rng.integers(len(_KINDS)))]
            first, second = (_tone(colour) for colour in palette(rng, 2))
            draw(rng, scene, place, size, first, second)


def _bars(rng: Generator, scene: Pixels, place: Place, size: float, first: Tone, second: Tone) -> None:
    """Draw a barcode or a grille."""
    x, y = place
    tall = int(size * rng.uniform(0.4, 1.5))
    if rng.random() < 0.5:
        cv2.rectangle(scene, (x - 3, y - 3), (x + int(2 * size) + 3, y + tall + 3), second, -1)
    left = float(x)
    while left < x + 2 * size:
        wide = rng.uniform(0.02, 0.12) * size
        cv2.rectangle(scene, (int(left), y), (int(left + wide), y + tall), first, -1)
        left += wide + rng.uniform(0.03, 0.15) * size + 1


def _arrow(rng: Generator, scene: Pixels, place: Place, size: float, first: Tone, second: Tone) -> None:
    angle = rng.choice([0, np.pi / 2, np.pi, rng.uniform(0, 2 * np.pi)])
    end = (int(place[0] + np.cos(angle) * size * 1.5), int(place[1] + np.sin(angle) * size * 1.5))
    cv2.arrowedLine(scene, place, end, first, max(1, int(size * 0.15)), cv2.LINE_AA, tipLength=0.4)


def _icon(rng: Generator, scene: Pixels, place: Place, size: float, first: Tone, second: Tone) -> None:
    """Draw a disc, a ring or a star of few points, filled with another or crossed out."""
    radius = max(2, int(size * 0.6))
    cv2.circle(scene, place, radius, first, -1 if rng.random() < 0.6 else max(1, radius // 4), cv2.LINE_AA)
    if rng.random() < 0.6:
        points = int(rng.integers(3, 9))
        around = np.linspace(0, 2 * np.pi, points, endpoint=False) + rng.uniform(0, 6)
        reach = radius * rng.uniform(0.3, 0.8, points)[:, None]
        corners = np.stack([np.cos(around), np.sin(around)], axis=-1) * reach + place
        cv2.fillPoly(scene, [corners.astype(np.int32)], second, cv2.LINE_AA)


def _strokes(rng: Generator, scene: Pixels, place: Place, size: float, first: Tone, second: Tone) -> None:
    """Draw a few lines and arcs, as twigs, cracks and cables lie."""
    for _ in range(int(rng.integers(1, 5))):
        start = np.array(place) + rng.normal(0, size * 0.7, 2)
        thick = max(1, int(size * rng.uniform(0.03, 0.15)))
        if rng.random() < 0.6:
            end = start + rng.normal(0, size, 2)
            cv2.line(scene, _point(start), _point(end), first, thick, cv2.LINE_AA)
        else:
            axes = (max(1, int(size * rng.uniform(0.2, 1))), max(1, int(size * rng.uniform(0.2, 1))))
            begin = float(rng.uniform(0, 360))
            cv2.ellipse(scene, _point(start), axes, 0, begin, begin + float(rng.uniform(40, 300)), first, thick, 16)


def _grid(rng: Generator, scene: Pixels, place: Place, size: float, first: Tone, second: Tone) -> None:
    """Draw windows, tiles or a checkerboard."""
    rows, columns = int(rng.integers(1, 5)), int(rng.integers(2, 8))
    cell, gap = max(3, int(size * rng.uniform(0.2, 0.6))), int(rng.integers(0, 4))
    checker = rng.random() < 0.3
    for row in range(rows):
        for column in range(columns):
            x, y = place[0] + column * (cell + gap), place[1] + row * (cell + gap)
            tone = second if checker and (row + column) % 2 else first
            cv2.rectangle(scene, (x, y), (x + cell - 1, y + cell - 1), tone, -1 if rng.random() < 0.9 else 1)


def _lamp(rng: Generator, scene: Pixels, place: Place, size: float, first: Tone, second: Tone) -> None:
    """Draw a bright spot with a glow, as lamps and reflections are."""
    radius = max(2, int(size * 0.4))
    reach = radius * 4
    x0, y0 = max(0, place[0] - reach), max(0, place[1] - reach)
    part = scene[y0 : place[1] + reach, x0 : place[0] + reach]
    if not part.size:
        return
    spot = np.zeros(part.shape[:2], np.uint8)
    axes = (radius, max(1, int(radius * rng.uniform(0.15, 1))))
    cv2.ellipse(spot, (place[0] - x0, place[1] - y0), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
    glow = cv2.GaussianBlur(spot, (0, 0), radius * float(rng.uniform(0.2, 1)))
    light = np.array([255, 250, rng.uniform(190, 255)], np.float32) / 255
    added = cv2.max(spot, glow)[..., None] * light
    part[:] = np.clip(part + added, 0, 255).astype(np.uint8)


def _box(rng: Generator, scene: Pixels, place: Place, size: float, first: Tone, second: Tone) -> None:
    """Draw an empty sign, screen or door with a frame."""
    wide, tall = int(size * rng.uniform(0.6, 3)), int(size * rng.uniform(0.4, 2))
    corner = (place[0] + wide, place[1] + tall)
    cv2.rectangle(scene, place, corner, first, -1)
    cv2.rectangle(scene, place, corner, second, max(1, int(size * 0.08)))


_KINDS = (_bars, _arrow, _icon, _strokes, _grid, _lamp, _box)


def _tone(colour: npt.NDArray[np.float32]) -> Tone:
    red, green, blue = colour.tolist()
    return red, green, blue


def _point(values: npt.NDArray[np.float64]) -> Place:
    return int(values[0]), int(values[1])

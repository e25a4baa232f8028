"""Drawn textures: surfaces with the statistics of photos, and things that look like text to a network but are none.

Dead leaves and 1/f spectra carry what natural images have in common (Baradad et al. 2021, "Learning to See by Looking
at Noise"); windows, shelves, fences and foliage are what locators take for text. All are RGB uint8 (SIDE, SIDE, 3).
Scenes and the grounds of single words cut their pieces out of the same ones.
"""

import functools
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
from cv2.typing import MatLike

Pixels = MatLike
"""RGB, uint8 (H, W, 3)."""

Colour = tuple[float, float, float]
Generator = np.random.Generator

SIDE = 512
"""Width and height of a texture in px."""

_CACHED = 144  # 0.8 MB each


@functools.lru_cache(_CACHED)
def texture(number: int, draw: Callable[[Generator], Pixels]) -> Pixels:
    """Return the texture of a number, kept for the next piece that is cut out of it."""
    return draw(np.random.default_rng(number))


def cut_piece(rng: Generator, whole: Pixels, width: int, height: int) -> Pixels:
    """Return a piece of a texture or of a picture, `width` by `height` px, at a scale and in a light of its own."""
    zoom = float(np.exp(rng.uniform(np.log(0.5), np.log(2.5))))
    cut_width, cut_height = (
        min(most, max(8, int(size / zoom)))
        for most, size in zip((whole.shape[1], whole.shape[0]), (width, height), strict=True)
    )
    left = int(rng.integers(whole.shape[1] - cut_width + 1))
    top = int(rng.integers(whole.shape[0] - cut_height + 1))
    cut = whole[top : top + cut_height, left : left + cut_width]
    if rng.random() < 0.5:
        cut = cut[:, ::-1]
    method = cv2.INTER_AREA if width < cut_width else cv2.INTER_LINEAR
    gain, lift = float(rng.uniform(0.55, 1.25)), max(float(rng.normal(0, 25)), 0.0)
    return cv2.convertScaleAbs(cv2.resize(cut, (width, height), interpolation=method), alpha=gain, beta=lift)


def palette(rng: Generator, count: int) -> npt.NDArray[np.float32]:
    """Return colours that go together, RGB 0…255 (count, 3): one or two hues, mostly pale or dark ones."""
    hues = rng.random(2) * 180
    hue = np.where(rng.random(count) < 0.7, hues[0], hues[1]) + rng.normal(0, 8, count)
    saturation = 255 * rng.beta(1.2, 3.0, count)
    value = 255 * np.clip(rng.beta(1.6, 1.4) + rng.normal(0, 0.22, count), 0.03, 1)
    hsv = np.stack([hue % 180, saturation, value], axis=-1).astype(np.uint8)[None]
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0].astype(np.float32)


def spectrum(rng: Generator, exponent: float, side: int = SIDE) -> npt.NDArray[np.float32]:
    """Return noise whose amplitude falls with frequency, f^-exponent: float32 (side, side), mean 0, deviation 1."""
    frequencies = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :])
    frequencies[0, 0] = 1
    phases = rng.random(frequencies.shape) * 2 * np.pi
    waves = (frequencies**-exponent) * np.exp(1j * phases)
    waves[0, 0] = 0
    noise = np.fft.irfft2(waves, s=(side, side)).astype(np.float32)
    return noise / max(float(noise.std()), 1e-9)


def clouds(rng: Generator) -> Pixels:
    """Draw a 1/f surface between three colours: plaster, rust, sky, stone."""
    colours, noise = palette(rng, 3), spectrum(rng, rng.uniform(0.8, 2.2))
    mix = 1 / (1 + np.exp(-noise * rng.uniform(0.5, 2)))
    grain = spectrum(rng, rng.uniform(0, 0.8))[..., None] * rng.uniform(0, 14)
    return as_bytes(colours[0] + (colours[1] - colours[0]) * mix[..., None] + grain)


def plain(rng: Generator) -> Pixels:
    """Draw a painted wall: one colour that shades into another, with little grain."""
    first, second = palette(rng, 2)
    if rng.random() < 0.6:
        second = first + rng.normal(0, 18, 3)
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    ramp = np.clip(0.5 + (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle), 0, 1)[..., None]
    grain = rng.normal(0, rng.uniform(0, 5), (SIDE, SIDE, 1))
    return as_bytes(first + (second - first) * ramp + grain)


def dead_leaves(rng: Generator) -> Pixels:
    """Draw shapes over shapes, their sizes by a power law, as objects cover each other in photos."""
    canvas = as_bytes(np.ones((SIDE, SIDE, 3)) * palette(rng, 1))
    colours = palette(rng, 12)
    count = int(rng.integers(150, 500))
    radii = np.clip(4 / (1 - rng.random(count) * 0.999) ** rng.uniform(0.5, 0.9), 3, 180)
    radii = np.concatenate([rng.uniform(60, 200, 30), np.sort(radii)[::-1] if rng.random() < 0.5 else radii])
    round_share = rng.random()
    for radius in radii:
        colour = tuple(map(float, np.clip(colours[rng.integers(12)] + rng.normal(0, 12), 0, 255)))
        centre = rng.integers(0, SIDE, 2)
        if rng.random() < round_share:
            axes = (int(radius), max(1, int(radius * rng.uniform(0.3, 1))))
            cv2.ellipse(canvas, centre.tolist(), axes, float(rng.uniform(0, 360)), 0, 360, colour, -1, cv2.LINE_AA)
        else:
            corners = _turned_box(rng, centre, radius)
            cv2.fillPoly(canvas, [corners], colour, cv2.LINE_AA)
    shade = spectrum(rng, 1.4)[..., None] * rng.uniform(2, 12)
    return as_bytes(canvas + shade)


def foliage(rng: Generator) -> Pixels:
    """Draw leaves: thousands of small ellipses in clumps, light over dark."""
    canvas = as_bytes(np.ones((SIDE, SIDE, 3)) * rng.uniform(10, 60, 3))
    hue = rng.uniform(25, 75)
    length = rng.uniform(3, 12)
    count = int(np.clip(40_000 / length**1.6, 500, 2500))
    clumps = rng.integers(0, SIDE, (24, 2))
    places = clumps[rng.integers(0, 24, count)] + rng.normal(0, 70, (count, 2))
    light = np.sort(rng.beta(2, 2, count))
    hsv = np.stack([np.clip(rng.normal(hue, 9, count), 0, 179), rng.uniform(60, 200, count), 40 + 200 * light], axis=-1)
    colours = cv2.cvtColor(np.clip(hsv, 0, 255).astype(np.uint8)[None], cv2.COLOR_HSV2RGB)[0]
    for place, colour, angle in zip(places, colours, rng.uniform(0, 360, count), strict=True):
        axes = (int(length), max(1, int(length * 0.4)))
        cv2.ellipse(canvas, (int(place[0]), int(place[1])), axes, float(angle), 0, 360, colour.tolist(), -1)
    return canvas


def bricks(rng: Generator) -> Pixels:
    """Draw bricks, tiles or planks with joints."""
    colours, joint = palette(rng, 4), palette(rng, 1)[0]
    width, height = int(rng.integers(20, 120)), int(rng.integers(10, 60))
    gap, shift = int(rng.integers(1, 5)), rng.choice([0, 0.5])
    canvas = as_bytes(np.ones((SIDE, SIDE, 3)) * joint)
    for row, top in enumerate(range(0, SIDE, height)):
        for left in range(-int(shift * width * (row % 2)), SIDE, width):
            colour = np.clip(colours[rng.integers(4)] * 0.3 + colours[0] * 0.7 + rng.normal(0, 7), 0, 255)
            corner = (left + width - gap - 1, top + height - gap - 1)
            cv2.rectangle(canvas, (left, top), corner, tuple(map(float, colour)), -1)
    return as_bytes(canvas + spectrum(rng, 0.7)[..., None] * rng.uniform(1, 10))


def facade(rng: Generator) -> Pixels:
    """Draw rows of windows, some lit, with frames and reflections: regular, sharp, and no text."""
    wall, frame, glass, lit = palette(rng, 4)
    canvas = as_bytes(np.ones((SIDE, SIDE, 3)) * wall)
    width, height = int(rng.integers(8, 70)), int(rng.integers(10, 80))
    across, down = int(width * rng.uniform(1.2, 2.4)), int(height * rng.uniform(1.2, 2.2))
    thick = max(1, int(min(width, height) * rng.uniform(0.03, 0.15)))
    for top in range(int(rng.integers(-20, 20)), SIDE, down):
        for left in range(int(rng.integers(-20, 0)), SIDE, across):
            pane = lit if rng.random() < 0.25 else glass * rng.uniform(0.5, 1.2)
            cv2.rectangle(canvas, (left, top), (left + width, top + height), plain_colour(pane), -1)
            cv2.rectangle(canvas, (left, top), (left + width, top + height), plain_colour(frame), thick)
            if rng.random() < 0.6:
                middle = left + width // 2
                cv2.line(canvas, (middle, top), (middle, top + height), plain_colour(frame), thick)
    return as_bytes(canvas + spectrum(rng, 1.2)[..., None] * rng.uniform(2, 16))


def shelves(rng: Generator) -> Pixels:
    """Draw boards with rows of boxes, bottles and books: upright bars of many colours, as letters are."""
    canvas = as_bytes(np.ones((SIDE, SIDE, 3)) * palette(rng, 1)[0] * 0.5)
    colours, board = palette(rng, 10), palette(rng, 1)[0]
    height = int(rng.integers(24, 130))
    for top in range(0, SIDE, height):
        left, narrow = 0, height * rng.uniform(0.1, 0.5)
        while left < SIDE:
            width = max(3, int(narrow * rng.uniform(0.6, 1.6)))
            tall = int(height * rng.uniform(0.55, 0.92))
            colour = colours[rng.integers(10)]
            cv2.rectangle(
                canvas, (left, top + height - tall), (left + width - 2, top + height - 3), plain_colour(colour), -1
            )
            if rng.random() < 0.5:
                band = top + height - int(tall * rng.uniform(0.3, 0.8))
                cv2.rectangle(
                    canvas,
                    (left, band),
                    (left + width - 2, band + tall // 5),
                    plain_colour(colours[rng.integers(10)]),
                    -1,
                )
            left += width + int(rng.integers(0, 3))
        cv2.rectangle(canvas, (0, top + height - 3), (SIDE, top + height), plain_colour(board), -1)
    return as_bytes(canvas + spectrum(rng, 1.0)[..., None] * rng.uniform(2, 12))


def stripes(rng: Generator) -> Pixels:
    """Draw blinds, railings, fences, corrugated iron: stripes at one angle, or two crossing."""
    first, second = palette(rng, 2)
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    weight = np.zeros((SIDE, SIDE), np.float32)
    for _ in range(int(rng.integers(1, 3))):
        angle = rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)])
        period, sharp = rng.uniform(5, 60), rng.uniform(1, 12)
        wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period + rng.uniform(-0.8, 0.8))
        weight = np.maximum(weight, 1 / (1 + np.exp(-sharp * wave)))
    return as_bytes(first + (second - first) * weight[..., None] + spectrum(rng, 1.2)[..., None] * rng.uniform(1, 14))


def _turned_box(rng: Generator, centre: npt.NDArray[np.int64], radius: float) -> npt.NDArray[np.int32]:
    angle, other = rng.uniform(0, np.pi), radius * rng.uniform(0.2, 1)
    across = np.array([np.cos(angle), np.sin(angle)]) * radius
    down = np.array([-np.sin(angle), np.cos(angle)]) * other
    return (centre + np.array([-across - down, across - down, across + down, down - across])).astype(np.int32)


def plain_colour(colour: npt.NDArray[np.floating]) -> Colour:
    """Return a colour as OpenCV takes it, cut to 0…255."""
    red, green, blue = np.clip(colour, 0, 255).tolist()
    return red, green, blue


def as_bytes(pixels: npt.NDArray[np.floating] | Pixels) -> Pixels:
    """Return pixels as uint8, cut to 0…255."""
    return np.clip(pixels, 0, 255).astype(np.uint8)

"""Drawn interiors: halls with shops, lamps, goods and railings, as street and shopping photos show them around text.

They are what a locator meets beside signs: bright windows full of small things, ceilings with rows of lamps, polished
floors. None holds text. Textures are RGB uint8 (SIDE, SIDE, 3), as those of `textures`.
"""

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from engine.synth.textures import SIDE, Colour, Generator, Pixels, as_bytes, palette, plain_colour, spectrum


def goods(rng: Generator) -> Pixels:
    """Draw rows of packages: small boxes and rounds of many colours with bands, discs and highlights on them."""
    canvas = as_bytes(np.ones((SIDE, SIDE, 3)) * rng.uniform(10, 120, 3))
    colours = np.concatenate([palette(rng, 6), palette(rng, 6)])
    height = int(rng.integers(14, 70))
    for top in range(0, SIDE, height):
        kind, left = rng.random(), int(rng.integers(-20, 0))
        width = max(6, int(height * rng.uniform(0.4, 1.4)))
        while left < SIDE:
            tall = int(height * rng.uniform(0.7, 0.98))
            first, second = (_jittered(rng, colours[rng.integers(12)]) for _ in range(2))
            corner, end = (left, top + height - tall), (left + width - 2, top + height - 2)
            middle = ((corner[0] + end[0]) // 2, (corner[1] + end[1]) // 2)
            if kind < 0.65:
                cv2.rectangle(canvas, corner, end, first, -1)
            else:
                cv2.ellipse(canvas, middle, (max(2, width // 2), max(2, tall // 2)), 0, 0, 360, first, -1, cv2.LINE_AA)
            if rng.random() < 0.5:
                reach = max(1, int(min(width, tall) * rng.uniform(0.1, 0.35)))
                cv2.circle(canvas, middle, reach, second, -1 if rng.random() < 0.7 else 1, cv2.LINE_AA)
            if rng.random() < 0.4:
                band = corner[1] + int(tall * rng.uniform(0.1, 0.7))
                cv2.rectangle(canvas, (corner[0], band), (end[0], band + max(1, tall // 7)), second, -1)
            left += int(width * rng.uniform(0.9, 1.3))
    return as_bytes(canvas + spectrum(rng, 1.0)[..., None] * rng.uniform(4, 22))


def clutter(rng: Generator) -> Pixels:
    """Draw the inside of a lit shop from afar: hundreds of small soft and sharp spots, bars and boxes."""
    base = palette(rng, 2)
    mix = 1 / (1 + np.exp(-spectrum(rng, 1.5) * 1.5))[..., None]
    canvas = as_bytes(base[0] * 0.6 + (base[1] - base[0] * 0.6) * mix)
    colours = np.concatenate([palette(rng, 8), [[255, 250, 235], [20, 18, 16]]])
    for _ in range(int(rng.integers(120, 500))):
        colour = _jittered(rng, colours[rng.integers(len(colours))])
        x, y = (int(value) for value in rng.integers(0, SIDE, 2))
        wide, tall = (int(value) for value in np.exp(rng.uniform(np.log(2), np.log(40), 2)))
        kind = rng.random()
        if kind < 0.45:
            cv2.rectangle(canvas, (x, y), (x + wide, y + tall), colour, -1)
        elif kind < 0.75:
            angle = float(rng.uniform(0, 180))
            cv2.ellipse(canvas, (x, y), (max(1, wide // 2), max(1, tall // 2)), angle, 0, 360, colour, -1, cv2.LINE_AA)
        else:
            end = (x + int(rng.normal(0, 25)), y + int(rng.normal(0, 25)))
            cv2.line(canvas, (x, y), end, colour, int(rng.integers(1, 4)), cv2.LINE_AA)
    soft = cv2.GaussianBlur(canvas, (0, 0), float(rng.uniform(0.4, 1.5)))
    return as_bytes(soft + spectrum(rng, 1.1)[..., None] * rng.uniform(3, 14))


def ceiling(rng: Generator) -> Pixels:
    """Draw a ceiling: panels, and rows of lamps or strips of light that shine around."""
    colour = palette(rng, 1)[0] * 0.3 + rng.uniform(60, 170)
    canvas = as_bytes(np.ones((SIDE, SIDE, 3)) * colour)
    across, down = int(rng.integers(40, 160)), int(rng.integers(30, 120))
    joint = plain_colour(colour * rng.uniform(0.7, 1.1))
    for left in range(0, SIDE, across):
        cv2.line(canvas, (left, 0), (left, SIDE), joint, 1)
    for top in range(0, SIDE, down):
        cv2.line(canvas, (0, top), (SIDE, top), joint, 1)
    lamps = np.zeros((SIDE, SIDE), np.uint8)
    radius, long = int(rng.integers(2, 10)), int(rng.integers(0, 60))
    for left in range(across // 2, SIDE, across):
        for top in range(down // 2, SIDE, down):
            if rng.random() < 0.6:
                cv2.line(lamps, (left, top), (left + long, top), 255, 2 * radius, cv2.LINE_AA)
    glow = cv2.GaussianBlur(lamps, (0, 0), radius * 2.5)
    light = cv2.addWeighted(lamps, 1.0, glow, float(rng.uniform(0.4, 1.2)), 0).astype(np.float32)
    return as_bytes(canvas + light[..., None] * np.array([1.0, 0.97, rng.uniform(0.75, 1)]))


def shop_front(rng: Generator) -> Pixels:
    """Draw a row of shops seen straight on: fascias, lit windows full of things, pillars, a plinth."""
    canvas = np.empty((SIDE, SIDE, 3), np.uint8)
    wall = palette(rng, 1)[0]
    canvas[:] = as_bytes(wall)
    inside = clutter(rng) if rng.random() < 0.5 else goods(rng)
    bright = cv2.convertScaleAbs(inside, alpha=float(rng.uniform(0.5, 1.5)), beta=float(rng.uniform(-20, 50)))
    fascia = int(rng.integers(50, 170))
    left = int(rng.integers(-60, 0))
    while left < SIDE:
        width, pillar = int(rng.integers(90, 330)), int(rng.integers(6, 60))
        start, end = max(0, left), min(SIDE, left + width)
        if end > start:
            tone = palette(rng, 1)[0] * rng.uniform(0.3, 1.1)
            canvas[:fascia, start:end] = as_bytes(tone)
            canvas[fascia : SIDE - 30, start:end] = bright[fascia : SIDE - 30, start:end]
            frame = plain_colour(palette(rng, 1)[0])
            thick = int(rng.integers(1, 7))
            panes = int(rng.integers(1, 5))
            for pane in range(panes + 1):
                x = left + pane * width // panes
                cv2.line(canvas, (x, fascia), (x, SIDE - 30), frame, thick)
            cv2.line(canvas, (start, fascia), (end, fascia), frame, thick)
        left += width + pillar
    shine = cv2.GaussianBlur(canvas, (0, 0), 12)
    return as_bytes(cv2.addWeighted(canvas, 1.0, shine, 0.15, -10) + spectrum(rng, 1.3)[..., None] * rng.uniform(2, 9))


def add_hall(rng: Generator, scene: Pixels, surfaces: Mapping[str, Pixels]) -> None:
    """Draw a hall in perspective over a scene, in place: floor, ceiling, two walls, and the far end.

    Args:
        rng: decides the room.
        scene: RGB (H, W, 3).
        surfaces: RGB, of "floor", "ceiling", "left", "right" and "end".
    """
    height, width = scene.shape[:2]
    centre = np.array([rng.uniform(0.15, 0.85) * width, rng.uniform(0.3, 0.6) * height])
    far = rng.uniform(0.08, 0.4)
    near = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    near += (near - centre).astype(np.float32) * float(rng.uniform(0, 0.5))
    end = (centre + (near - centre) * far).astype(np.float32)
    sides = {
        "floor": (end[3], end[2], near[2], near[3]),
        "ceiling": (near[0], near[1], end[1], end[0]),
        "left": (near[0], end[0], end[3], near[3]),
        "right": (end[1], near[1], near[2], end[2]),
        "end": tuple(end),
    }
    for name, corners in sides.items():
        _stretch(scene, surfaces[name], np.array(corners, np.float32))


def add_person(rng: Generator, scene: Pixels) -> None:
    """Draw a person from behind, in place: legs, a coat or shirt, arms, a head; a bag now and then."""
    height, width = scene.shape[:2]
    tall = float(np.exp(rng.uniform(np.log(0.12), np.log(0.9)))) * height
    x, foot = rng.uniform(0, width), height * rng.uniform(0.7, 1.3)
    shirt, trousers, bag = (_jittered(rng, colour) for colour in palette(rng, 3) * rng.uniform(0.3, 1.0))
    skin = plain_colour(np.array([200, 160, 130]) * rng.uniform(0.3, 1.0))
    hair = plain_colour(np.array([60, 45, 35]) * rng.uniform(0.2, 1.6))
    unit = tall / 7.5
    for side in (-1, 1):
        hip, sole = _at(x + side * 0.4 * unit, foot - 3.6 * unit), _at(x + side * rng.uniform(0.2, 0.9) * unit, foot)
        cv2.line(scene, hip, sole, trousers, max(1, int(0.75 * unit)), cv2.LINE_AA)
        shoulder = _at(x + side * 0.9 * unit, foot - 6.1 * unit)
        hand = _at(x + side * rng.uniform(0.9, 1.7) * unit, foot - 3.4 * unit)
        cv2.line(scene, shoulder, hand, shirt if rng.random() < 0.7 else skin, max(1, int(0.5 * unit)), cv2.LINE_AA)
    torso = np.array([[-1.0, -6.3], [1.0, -6.3], [0.8, -3.3], [-0.8, -3.3]]) * unit + [x, foot]
    cv2.fillConvexPoly(scene, torso.astype(np.int32), shirt, cv2.LINE_AA)
    if rng.random() < 0.4:
        corner = _at(x - rng.uniform(-0.3, 1.2) * unit, foot - rng.uniform(4.5, 6) * unit)
        cv2.rectangle(scene, corner, (corner[0] + int(1.2 * unit), corner[1] + int(1.6 * unit)), bag, -1)
    head = (max(1, int(0.5 * unit)), max(1, int(0.62 * unit)))
    cv2.ellipse(scene, _at(x, foot - 6.9 * unit), head, 0, 0, 360, skin, -1, cv2.LINE_AA)
    cv2.ellipse(scene, _at(x, foot - 7.05 * unit), head, 0, 150, 390, hair, -1, cv2.LINE_AA)


def add_railing(rng: Generator, scene: Pixels) -> None:
    """Draw a railing, in place: a thick bar, thin ones below it, and posts."""
    height, width = scene.shape[:2]
    start = np.array([-5.0, rng.uniform(0.2, 1.0) * height])
    end = np.array([width + 5.0, start[1] + rng.normal(0, 0.3) * height])
    gap, bars = rng.uniform(0.015, 0.06) * height, int(rng.integers(2, 8))
    colour, bright = (plain_colour(tone) for tone in palette(rng, 2))
    for bar in range(bars):
        down = np.array([0, bar * gap])
        thick = max(1, int(rng.uniform(0.1, 0.4) * gap)) if bar else max(2, int(0.7 * gap))
        cv2.line(scene, _at(*(start + down)), _at(*(end + down)), colour if bar else bright, thick, cv2.LINE_AA)
    for share in np.arange(rng.uniform(0, 0.2), 1, rng.uniform(0.08, 0.4)):
        top = start + (end - start) * share
        cv2.line(scene, _at(*top), _at(top[0], top[1] + bars * gap), colour, max(1, int(0.4 * gap)), cv2.LINE_AA)


def _stretch(scene: Pixels, surface: Pixels, corners: npt.NDArray[np.float32]) -> None:
    """Paint a surface over four corners (clockwise from its top left), in place."""
    height, width = scene.shape[:2]
    tall, wide = surface.shape[:2]
    whole = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    matrix = cv2.getPerspectiveTransform(whole, corners)
    painted = cv2.warpPerspective(surface, matrix, (width, height), flags=cv2.INTER_LINEAR)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, np.rint(corners).astype(np.int32), 255)
    cv2.copyTo(painted, mask, scene)


def _jittered(rng: Generator, colour: npt.NDArray[np.floating]) -> Colour:
    return plain_colour(colour + rng.normal(0, 14, 3))


def _at(x: float, y: float) -> tuple[int, int]:
    return int(x), int(y)

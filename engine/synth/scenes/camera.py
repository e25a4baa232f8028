"""Light and camera: what happens to a finished scene before it is a file."""

import cv2
import numpy as np
import numpy.typing as npt

from engine.config.distributions import ends
from engine.config.scene_recipe import SceneRecipe
from engine.synth.textures import Generator, Pixels

_LEAST_BLUR = 0.25  # px; below it nothing changes


def photograph(recipe: SceneRecipe, rng: Generator, scene: Pixels) -> Pixels:
    """Light a scene, cast a shadow over it, and take it through lens, sensor and JPEG."""
    light = _lighting(recipe, rng, *scene.shape[:2])
    if light is not None:
        scene = np.clip(scene * light, 0, 255).astype(np.uint8)
    scene = _lens(recipe, rng, scene)
    return _compressed(recipe, rng, _sensor(recipe, rng, scene))


def _lighting(recipe: SceneRecipe, rng: Generator, height: int, width: int) -> npt.NDArray[np.float32] | None:
    """Return the factor of each pixel and colour, float32 (H, W, 3); None for even white light."""
    coarse = (max(2, height // 16), max(2, width // 16))
    y, x = np.mgrid[0 : coarse[0], 0 : coarse[1]].astype(np.float32)
    y, x = y / coarse[0], x / coarse[1]
    factor = np.ones(coarse, np.float32)
    if rng.random() < recipe.light:
        angle = rng.uniform(0, 2 * np.pi)
        slope = rng.uniform(0, 0.9)
        factor *= 1 + slope * ((x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle))
        if rng.random() < 0.4:
            far = np.hypot(x - rng.uniform(0, 1), y - rng.uniform(0, 1))
            factor *= 1 + rng.uniform(0.2, 1.2) * np.exp(-((far / rng.uniform(0.1, 0.5)) ** 2))
        factor *= rng.uniform(0.55, 1.3)
    if rng.random() < recipe.shadow:
        corners = rng.uniform(-0.3, 1.3, (int(rng.integers(3, 6)), 2)) * [coarse[1], coarse[0]]
        shade = np.zeros(coarse, np.uint8)
        cv2.fillConvexPoly(shade, cv2.convexHull(corners.astype(np.int32)), 255)
        soft = cv2.GaussianBlur(shade, (0, 0), float(rng.uniform(0.3, 3)))
        factor *= 1 - soft.astype(np.float32) / 255 * rng.uniform(0.2, 0.7)
    tint = 1 + rng.normal(0, 0.07, 3).astype(np.float32) if rng.random() < 0.7 else np.ones(3, np.float32)
    if (factor == 1).all() and (tint == 1).all():
        return None
    fine = cv2.resize(factor, (width, height), interpolation=cv2.INTER_LINEAR)
    return fine[..., None] * tint


def _lens(recipe: SceneRecipe, rng: Generator, scene: Pixels) -> Pixels:
    """Blur a scene: out of focus, or by motion in one direction."""
    blur = float(rng.uniform(*ends(recipe.blur)))
    if blur < _LEAST_BLUR:
        return scene
    if rng.random() < 0.2:
        reach = max(2, round(blur * 2.5))
        kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
        angle = rng.uniform(0, np.pi)
        shift = np.array([np.cos(angle), np.sin(angle)]) * reach
        start, end = (np.rint(np.array([reach, reach]) + sign * shift).astype(int).tolist() for sign in (-1, 1))
        cv2.line(kernel, start, end, 1.0)
        return cv2.filter2D(scene, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)
    return cv2.GaussianBlur(scene, (0, 0), blur, borderType=cv2.BORDER_REFLECT)


def _sensor(recipe: SceneRecipe, rng: Generator, scene: Pixels) -> Pixels:
    """Add noise, and change contrast and colour as a camera's own processing does."""
    if rng.random() < 0.5:
        contrast, lift = float(rng.uniform(0.6, 1.25)), float(rng.normal(0, 14))
        scene = cv2.addWeighted(scene, contrast, scene, 0, 127.5 * (1 - contrast) + lift)
    if rng.random() < 0.4:
        grey = cv2.cvtColor(cv2.cvtColor(scene, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        share = float(rng.uniform(0.2, 0.9))
        scene = cv2.addWeighted(scene, 1 - share, grey, share, 0)
    noise = float(rng.uniform(*ends(recipe.noise)))
    if noise > 0:
        height, width = scene.shape[:2]
        grain = np.empty((height, width), np.int16)
        cv2.setRNGSeed(int(rng.integers(2**31)))
        cv2.randn(grain, 0.0, noise)  # pyright: ignore[reportCallIssue, reportArgumentType]
        if rng.random() < 0.4:
            grain = cv2.GaussianBlur(grain, (0, 0), 0.8) * 2
        scene = cv2.add(scene, cv2.merge([grain] * 3), dtype=cv2.CV_8U)
    return scene


def _compressed(recipe: SceneRecipe, rng: Generator, scene: Pixels) -> Pixels:
    low, high = ends(recipe.jpeg)
    quality = int(rng.integers(low, high + 1))
    done, content = cv2.imencode(".jpg", cv2.cvtColor(scene, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(content, cv2.IMREAD_COLOR) if done else None
    return scene if decoded is None else cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)

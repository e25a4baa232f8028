"""Measures of tone: contrast, brightness, noise and how uneven the ground is."""

import math

import cv2
import numpy as np

from engine.measures.pixels import Pixels, quantile

_LAPLACIANS = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
_NORMAL = 1.4826  # a normal variable's standard deviation over the median of its absolute values
_ENOUGH = 48  # px of ground, under which nothing is said of it
_SMOOTHING = 2.0  # px: what varies more slowly is shape of the ground, what varies faster is noise


def contrast(pixels: Pixels) -> float:
    """Return |text - ground| / 255, from 0 to 1, of the grey levels that Otsu's threshold tells apart.

    It is linear: pixels scaled by k give k times the contrast.
    """
    return pixels.step / 255


def brightness(pixels: Pixels) -> float:
    """Return the mean grey level over 255, from 0 (black) to 1 (white)."""
    return float(pixels.grey.mean()) / 255


def noise(pixels: Pixels) -> float:
    """Return the standard deviation of the ground's noise in grey levels; NaN where hardly any ground is.

    The mask is the difference of two Laplacians, which gives 0 on planes and edges along the axes, and 6 sigma on noise
    (Immerkær 1996, Computer Vision and Image Understanding 64:300). We take the median of its absolute values, over
    ground alone, in place of his mean over the whole image, so that letters do not count as noise.
    """
    if np.count_nonzero(pixels.ground) < _ENOUGH:
        return math.nan
    response = cv2.filter2D(pixels.grey, cv2.CV_16S, _LAPLACIANS)
    return _NORMAL * quantile(np.abs(response[pixels.ground]), 0.5) / 6


def unevenness(pixels: Pixels) -> float:
    """Return the standard deviation of the smoothed ground in grey levels: shadows, pictures, gradients.

    The ground is smoothed by a Gaussian of 2 px that leaves the text out (normalised convolution, Knutsson and Westin
    1993, CVPR). NaN where hardly any ground is.
    """
    if np.count_nonzero(pixels.ground) < _ENOUGH:
        return math.nan
    weight = pixels.ground.astype(np.float32)
    smooth = cv2.GaussianBlur(cv2.merge([pixels.grey * weight, weight]), (0, 0), _SMOOTHING)[pixels.ground]
    return float(np.std(smooth[:, 0] / np.maximum(smooth[:, 1], 1e-6)))

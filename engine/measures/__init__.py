"""Measures of single images that affect a reader's accuracy, as numbers with units. Knows no datasets or recipes."""

from engine.measures.measures import MEASURES, Measure, measure_image, measure_images
from engine.measures.pixels import HEIGHT

__all__ = ["HEIGHT", "MEASURES", "Measure", "measure_image", "measure_images"]

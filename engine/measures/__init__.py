"""Measures of one image: what a reader's accuracy hangs on, as numbers with units. Knows no datasets and no recipes."""

from engine.measures.measures import MEASURES, Measure, measure_image, measure_images
from engine.measures.pixels import HEIGHT

__all__ = ["HEIGHT", "MEASURES", "Measure", "measure_image", "measure_images"]

"""Measures of single images that affect a reader's accuracy, as numbers with units. Knows no datasets or recipes."""

from engine.measures.measures import MEASURES, Measure, measure_image, measure_images
from engine.measures.photos import PHOTO_MEASURES, measure_photo, measure_photos
from engine.measures.pixels import HEIGHT

__all__ = [
    "HEIGHT",
    "MEASURES",
    "PHOTO_MEASURES",
    "Measure",
    "measure_image",
    "measure_images",
    "measure_photo",
    "measure_photos",
]

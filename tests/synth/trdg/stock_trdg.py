"""Draw with trdg as it comes, given its dice and the two repairs without which it does not run; for comparison.

Reads JSON drawings from stdin and writes one PNG each (nothing for a dropped one) into the folder given.
"""

import json
import os
import random
import sys
import types
from pathlib import Path

sys.modules["trdg.handwritten_text_generator"] = types.ModuleType("trdg.handwritten_text_generator")

import cv2  # noqa: E402
from trdg import background_generator, computer_text_generator, data_generator, distorsion_generator  # noqa: E402


def main(folder: Path) -> None:
    computer_text_generator.get_text_height = lambda font, text: font.getbbox(text)[3]
    listed = os.listdir
    os.listdir = lambda path: sorted(listed(path))
    for number, (seed, arguments) in enumerate(json.load(sys.stdin)):
        data_generator.rnd = types.SimpleNamespace(randint=lambda low, high: 0)
        distorsion_generator.rnd, background_generator.rnd = random.Random(seed), random.Random(seed)
        cv2.setRNGSeed(seed % 2**31)
        image = data_generator.FakeTextDataGenerator.generate(**arguments)
        if image is not None:
            image.save(folder / f"{number}.png")


main(Path(sys.argv[1]))

"""trdg 1.8.0 as it comes: `python -m bench.stock` takes the arguments of its own command line.

Two things are mended, without which it does not run beside a current Pillow or would load TensorFlow for nothing: a
function that Pillow 10 took away, and the import of its handwriting. Nothing of Glyphlab takes part.
"""

import sys
import types

sys.modules["trdg.handwritten_text_generator"] = types.ModuleType("trdg.handwritten_text_generator")

from trdg import computer_text_generator  # noqa: E402
from trdg.run import main  # noqa: E402

if __name__ == "__main__":
    computer_text_generator.get_text_height = lambda font, text: font.getbbox(text)[3]
    main()

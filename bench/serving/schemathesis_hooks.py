"""Images for schemathesis, which knows no bytes that are one: `SCHEMATHESIS_HOOKS=bench/serving/schemathesis_hooks.py`.

It runs in an environment that holds schemathesis and neither Glyphlab nor Pillow.
"""

import os
from pathlib import Path
from typing import Any

import schemathesis  # pyright: ignore[reportMissingImports]
from hypothesis import strategies as st
from schemathesis import openapi  # pyright: ignore[reportMissingImports]

_FILES = sorted(Path(os.environ["SCHEMATHESIS_IMAGES"]).iterdir())
IMAGES = [path.read_bytes() for path in _FILES if path.suffix in (".png", ".jpg")][:20]
RAW = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/tiff", "application/octet-stream")

for media_type in RAW:
    openapi.media_type(media_type, st.sampled_from(IMAGES))
openapi.format("binary", st.sampled_from(IMAGES))


@schemathesis.hook
def filter_query(_: Any, query: dict[str, Any] | None) -> bool:
    """Leave out what no description can tell: which models there are, and that beams are for words."""
    asked = query or {}
    return asked.get("model", "starter") == "starter" and (asked.get("kind") != "photo" or not asked.get("beam"))

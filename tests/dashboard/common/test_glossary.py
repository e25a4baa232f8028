"""The field's words are explained, wherever they stand: none that a page uses is left out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.floors import sources
from dashboard.common.glossary import matching
from engine.glossary import GLOSSARY

ROOT = Path(__file__).parents[3]
TERMS = {term for terms in GLOSSARY.values() for term in terms}
KNOWN = {  # to whoever trains a reader, or explained where they stand
    *("ALTO", "ASCII", "CPUs", "CSV", "CVAT", "EUR", "EXIF", "GPU", "GPUs", "HTML", "JPEG", "JSON", "LaTeX", "MB"),
    *(
        "NFC",
        "PAGE",
        "PDF",
        "PNG",
        "README",
        "SHA",
        "TSV",
        "URL",
        "USD",
        "UTC",
        "UTF",
        "VIA",
        "XML",
        "YAML",
        "HierText",
    ),
    *("EasyOCR", "PaddleOCR", "ImageNet", "OpenID", "GLYPHLAB_DATA_ROOT", "LetTeR", "WaY", "ALL", "CASE", "UPPER"),
    *("BMP", "GIF", "CC", "BY", "RapidOCR", "OnnxTR", "OCRmyPDF", "TensorFlow", "SavedModel", "MLflow"),
    *("SETTING", "VALUES", "TOKEN", "PWD", "MODEL_NAME", "IN", "HOST", "FAFAF7", "BACKEND_BASE_URL", "LocationResult"),
}


def abbreviations() -> Iterator[tuple[str, str]]:
    """Yield each abbreviation in the sentences of pages and of settings' help, with its module."""
    for path in sources(ROOT):
        if path.is_relative_to(ROOT / "dashboard") or path.is_relative_to(ROOT / "engine/config"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                    words = re.findall(r"\b(?:[A-Z]{2,}\d?|[A-Z][a-z]*[A-Z]\w*)\b", node.value)
                    yield from ((word, path.name) for word in words if " " in node.value)


def test_abbreviations_on_pages_are_explained():
    missing = {(word, name) for word, name in abbreviations() if word not in TERMS | KNOWN}
    assert not missing, f"add to engine/glossary.py: {sorted(missing)}"


@pytest.mark.parametrize(
    "term", ["CER", "NED", "CTC", "Perplexity", "McNemar", "Holm", "H-mean", "IoU", "F1", "Recall"]
)
def test_a_term_is_found_by_its_name_in_any_case(term: str):
    assert term in {found for terms in matching(f" {term.lower()} ").values() for found in terms}


def test_terms_are_found_by_what_they_mean_and_all_are_shown_for_nothing():
    assert "McNemar" in matching("fair coin")["What chance does"]
    assert matching("") == GLOSSARY
    assert matching("no such word") == {}

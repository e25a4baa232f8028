"""The clients that docs/serving.md shows, each run as it stands there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.serving.server import ReaderServer
from tests.runtime.serve.conftest import EXAMPLES

PAGE = (Path(__file__).parents[3] / "docs" / "serving.md").read_text(encoding="utf-8")
INTERPRETERS = {"sh": ["sh", "-e"], "python": [sys.executable, "-"], "js": ["node", "--input-type=module", "-"]}


@pytest.mark.parametrize("language", INTERPRETERS)
def test_a_client_of_the_docs_reads(server: ReaderServer, language: str, tmp_path: Path):
    tool = {"sh": "curl", "js": "node"}.get(language)
    if tool is not None and shutil.which(tool) is None:
        pytest.skip(f"there is no {tool} here")
    shutil.copy(EXAMPLES / "Silver.png", tmp_path / "word.png")
    shutil.copy(EXAMPLES / "signs.jpg", tmp_path / "photo.jpg")
    [code] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    code = code.replace("http://127.0.0.1:8600", server.url)
    ran = subprocess.run(
        INTERPRETERS[language], input=code, cwd=tmp_path, env=os.environ, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    assert "HEDONISM" in ran.stdout
    assert language == "python" or "Silver" in ran.stdout

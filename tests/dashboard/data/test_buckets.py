"""Buckets on pages: fetched on Import, and sent from the card of an export."""

import pytest

from engine.config.exporting import ExportConfig
from engine.jobs import paths
from engine.sources import buckets
from engine.sources.locate import list_uploads
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said, visible_words
from tests.dashboard.data.test_browser import opened
from tests.dashboard.data.test_import import FILES, tab
from tests.helpers.bucket_server import bucket, put, server
from tests.helpers.sources import zipped

__all__ = ["bucket", "server"]


def test_what_lies_in_a_bucket_is_fetched_and_reported(workspace: Workspace, bucket: str, open_page: Open):
    put(bucket, "mine.zip", zipped(FILES))
    app = tab(open_page, "Import")
    app.session_state["import-way"] = "A bucket"
    app.run()
    assert app.button(key="import-fetch").help == "Type an address first."
    app.text_input(key="import-bucket").set_value(f"s3://{bucket}/none.zip").run()
    app.button(key="import-fetch").click().run()
    assert "There is nothing at" in said(app)
    app.text_input(key="import-bucket").set_value(f"s3://{bucket}/mine.zip").run()
    app.button(key="import-fetch").click().run()
    assert not app.exception
    assert "8 of 10 images come in" in said(app)
    assert [upload.name for upload in list_uploads(workspace)] == ["mine.zip"]


def test_a_packed_export_is_sent_to_a_bucket(workspace: Workspace, bucket: str, open_page: Open):
    app, id = opened(workspace, open_page, "Export")
    made = folders.job(workspace, "exports", "export", "words, easyocr", ExportConfig(dataset=id), "finished")
    (made.folder / paths.EXPORT_ARCHIVE).write_bytes(b"packed")
    app.session_state[f"send-{made.id}-box"] = True
    app.run()
    app.text_input(key=f"send-{made.id}-address").set_value(f"s3://{bucket}/out/").run()
    app.button(key=f"send-{made.id}-send").click().run()
    assert not app.exception
    assert [visible_words(told.value) for told in app.success] == ["It is at s3://lab/out/words-easyocr.zip"]


def test_without_a_package_pages_do_not_speak_of_buckets(
    workspace: Workspace, open_page: Open, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(buckets, "LIBRARIES", {"s3": "no_such_package"})
    app = tab(open_page, "Import")
    way = next(group for group in app.button_group if "Upload files" in group.options)
    assert way.options == ["A folder on the server", "Upload files"]

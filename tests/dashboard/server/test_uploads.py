"""A file that is dropped just when a page's script begins anew: the browser hears where to send it."""

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from dashboard.server.uploads import keep_uploads


@pytest.fixture
def queue() -> ForwardMsgQueue:
    """The queue of a session that begins now."""
    keep_uploads()
    name = "ForwardMsgQueue"
    assert name in AppSession.__init__.__code__.co_names, "sessions get their queue in another way now"
    return vars(app_session)[name]()


def test_a_run_that_begins_takes_elements_away_but_no_answer_about_an_upload(queue: ForwardMsgQueue):
    answer, element = ForwardMsg(), ForwardMsg()
    answer.file_urls_response.response_id = "drop"
    element.delta.new_element.text.body = "drawn by the run before"
    element.metadata.delta_path.extend([0, 0])
    for fragments in (None, ["a"]):
        for message in (element, answer):
            queue.enqueue(message)
        queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=fragments)
        sent = [message.WhichOneof("type") for message in queue.flush()]
        assert sent.count("file_urls_response") == 1
        assert ("delta" in sent) is (fragments is not None)
        assert queue.flush() == []


def test_a_closed_sessions_queue_is_emptied_wholly(queue: ForwardMsgQueue):
    answer = ForwardMsg()
    answer.file_urls_response.response_id = "drop"
    queue.enqueue(answer)
    queue.clear()
    assert len(queue) == 0

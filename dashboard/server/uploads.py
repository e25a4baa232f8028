"""Dropped files are not lost when a page's script begins anew just then.

A browser asks the server where to send a file, and the answer waits in the session's queue among the page's elements,
up to 10 ms while a script runs. A script that begins then empties the queue but for a few kinds of messages, and
Streamlit (1.67, `forward_msg_queue.py`) does not count that answer among them: the uploader would wait for ever, for
each file dropped later as well, until the page is loaded again.
"""

from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

_ANSWER = "file_urls_response"


class UploadKeepingQueue(ForwardMsgQueue):
    """The messages that wait to be sent to a browser, of which answers about uploads outlive a run that begins."""

    def clear(self, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None) -> None:
        """Empty the queue, wholly or but for what a browser must hear whatever is drawn next."""
        answers = [message for message in self._queue if message.WhichOneof("type") == _ANSWER]
        super().clear(retain_lifecycle_msgs, fragment_ids_this_run)
        if retain_lifecycle_msgs:
            kept = [message for message in self._queue if message.WhichOneof("type") != _ANSWER]
            self._queue = [*answers, *kept]


def keep_uploads() -> None:
    """Give that queue to each session that begins from now on."""
    app_session.ForwardMsgQueue = UploadKeepingQueue  # pyright: ignore[reportPrivateImportUsage]

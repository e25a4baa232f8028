"""The server's log: a JSON object a line on standard error. It tells sizes, statuses and times, never what was read."""

import json
import logging
import sys
import time
from typing import Any

LOGGER = logging.getLogger("glyphlab_read.serve")

_FIELDS = "fields"


class JsonLines(logging.Formatter):
    """Formats each record as an object in one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {"time": f"{stamp}.{record.msecs:03.0f}Z", "level": record.levelname.lower()}
        line |= {"event": record.getMessage(), **getattr(record, _FIELDS, {})}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log(event: str, level: int = logging.INFO, exc_info: BaseException | None = None, **fields: Any) -> None:
    """Write a line."""
    LOGGER.log(level, event, extra={_FIELDS: fields}, exc_info=exc_info)


def log_to_stderr() -> None:
    """Have this process's records, uvicorn's with them, written as lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    LOGGER.setLevel(logging.INFO)

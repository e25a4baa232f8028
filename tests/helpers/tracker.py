"""A small tracking server that speaks as much of MLflow's interface as runs need, and remembers every request."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.helpers.http_server import Answer, serving

READS = ("experiments/get-by-name", "runs/search")


class Tracker:
    """What the server was asked and what it has.

    `answer`, where it is set, is given instead: (status, headers, body); `first_answer` once.
    """

    def __init__(self) -> None:
        self.address = ""
        self.asked: list[tuple[str, str, Any, dict[str, str]]] = []
        self.experiments: list[str] = []
        self.runs: dict[str, dict[str, Any]] = {}
        self.metrics: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.answer: Answer | None = None
        self.first_answer: Answer | None = None
        self.batches_left = 10**6
        self.artifact_root = "mlflow-artifacts:/7"

    @property
    def writes(self) -> list[str]:
        """The calls that changed something."""
        return [path for _, path, _, _ in self.asked if path not in READS]

    def respond(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> Answer:
        """Answer one request, and remember it."""
        call = urlsplit(path).path.removeprefix("/api/2.0/mlflow/")
        stored = call.removeprefix("/api/2.0/mlflow-artifacts/artifacts/")
        body = content if stored != call else json.loads(content or b"null")
        self.asked.append((method, call, body, dict(headers)))
        if answer := self.first_answer or self.answer:
            self.first_answer = None
            return answer
        if stored != call:
            self.files[stored] = content
            return 200, {}, b""
        status, value = self.do(call, body)
        return status, {}, json.dumps(value).encode()

    def do(self, path: str, body: Any) -> tuple[int, Any]:
        """Do a call and return its status and answer."""
        match path:
            case "experiments/get-by-name" if not self.experiments:
                return 404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "none"}
            case "experiments/get-by-name":
                return 200, {"experiment": {"experiment_id": "7", "lifecycle_stage": "active"}}
            case "experiments/create":
                self.experiments.append(body["name"])
                return 200, {"experiment_id": "7"}
            case "runs/search":
                wanted = re.fullmatch(r"tags.`(.*)` = '(.*)'", body["filter"])
                assert wanted
                fits = [run for run in self.runs.values() if run["tags"].get(wanted[1]) == wanted[2]]
                return 200, {"runs": [self.told(run) for run in fits]} if fits else {}
            case "runs/create":
                id = f"there{len(self.runs)}"
                self.runs[id] = {"id": id, **body, "tags": pairs(body["tags"]), "params": {}}
                return 200, {"run": self.told(self.runs[id])}
            case "runs/log-batch":
                return self.log(body)
            case "runs/update":
                self.runs[body["run_id"]] |= body
                return 200, {}
        return 404, {"error_code": "ENDPOINT_NOT_FOUND", "message": path}

    def log(self, body: Any) -> tuple[int, Any]:
        things = [*body["metrics"], *body["params"], *body["tags"]]
        if not self.batches_left or len(things) > 1000 or len(body["params"]) > 100:
            return 500, {"error_code": "INTERNAL_ERROR", "message": "full\u202e"}
        self.batches_left -= 1
        run = self.runs[body["run_id"]]
        changed = {key for key, value in pairs(body["params"]).items() if run["params"].get(key, value) != value}
        assert not changed, "parameters never change"
        run["params"] |= pairs(body["params"])
        run["tags"] |= pairs(body["tags"])
        self.metrics += [{"run": run["run_name"], **metric} for metric in body["metrics"]]
        return 200, {}

    def told(self, run: dict[str, Any]) -> dict[str, Any]:
        info = {"run_id": run["id"], "artifact_uri": f"{self.artifact_root}/{run['id']}/artifacts"}
        info |= {key: run[key] for key in ("run_name", "status", "end_time") if key in run}
        return {"info": info, "data": {"tags": [{"key": key, "value": value} for key, value in run["tags"].items()]}}


def pairs(values: list[dict[str, str]]) -> dict[str, str]:
    return {pair["key"]: pair["value"] for pair in values}


@contextmanager
def tracker() -> Iterator[Tracker]:
    """Start a tracker on this machine for the length of a block."""
    server = Tracker()
    with serving(server.respond) as server.address:
        yield server

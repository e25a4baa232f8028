"""A client of MLflow's REST interface: experiments, runs, batches of figures, files.

It speaks to the one address that it was given: redirects are not followed. A token, or a name and a password, come from
the environment (MLFLOW_TRACKING_TOKEN, MLFLOW_TRACKING_USERNAME and _PASSWORD), stand in headers only, and go to no
other server than MLFLOW_TRACKING_URI where that is set. Proxies and certificates are those of the environment, too
(HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE). Nothing here knows what a run of the lab is.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.util.retry import Retry

from engine.errors import TrackerError
from engine.labels import visible
from engine.tracking.address import KNOWN, LOGIN, checked_address, origin
from glyphlab_read.parsing import ParseFault, parse_json

MOST_METRICS = 999
"""Metrics that one batch may hold: 1,000 things are taken, and our own tag is one of them."""

MOST_PARAMS = 100
LONGEST_PARAM = 6000  # characters
LONGEST_TAG = 5000

_TIMEOUT = (10, 120)  # seconds to connect, and to wait for an answer
_MOST_BYTES = 32_000_000  # of an answer
_API = "/api/2.0/mlflow"
_BUSY = (429, 503)  # answers of a server that did nothing yet
_LATER = (*_BUSY, 502, 504)  # answers of a server, or of a proxy before it, that may do it later


class MlflowServer:
    """A tracking server at an address such as http://localhost:5000; a `with` block closes its connection.

    Raises:
        TrackerError: the address is none of HTTP; every method, too, where the server cannot be reached, or refuses.
    """

    def __init__(self, address: str, environment: Mapping[str, str] = os.environ) -> None:
        self.address = checked_address(address)
        self._session = requests.Session()
        retries = Retry(total=3, connect=2, read=0, redirect=0, status_forcelist=_BUSY, allowed_methods=None)
        retries.backoff_factor, retries.raise_on_status = 0.5, False
        retries.respect_retry_after_header = False  # a server could name hours, and people wait
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retries))
        self._session.auth = _login(self.address, environment)

    def __enter__(self) -> "MlflowServer":
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def experiment(self, name: str) -> str:
        """Return the id of the experiment of a name, made if it is not there."""
        found = self._request("GET", f"{_API}/experiments/get-by-name", params={"experiment_name": name}, absent=True)
        if found is None:
            return str(self._part(self._post("experiments/create", {"name": name}), "experiment_id"))
        known = self._part(found, "experiment")
        if known.get("lifecycle_stage") == "deleted":
            raise TrackerError(
                f"The experiment {visible(name)!r} was deleted at {self.address}, and deleted ones take no runs. "
                "Restore it there, or give another name."
            )
        return str(self._part(known, "experiment_id"))

    def find_run(self, experiment: str, tag: str, value: str) -> dict[str, Any] | None:
        """Return the oldest run of an experiment with a tag (letters, digits and dots) of a value; None without one."""
        wanted = {
            "experiment_ids": [experiment],
            "filter": f"tags.`{tag}` = '{value}'",
            "order_by": ["attributes.start_time ASC"],
            "max_results": 1,
        }
        return next(iter(self._post("runs/search", wanted).get("runs", ())), None)

    def create_run(self, experiment: str, name: str, milliseconds: int, tags: Mapping[str, str]) -> dict[str, Any]:
        """Make a run that began at a time (ms since 1970)."""
        body = {"experiment_id": experiment, "run_name": name, "start_time": milliseconds, "tags": _pairs(tags)}
        return self._part(self._post("runs/create", body), "run")

    def log_batch(
        self,
        run: str,
        metrics: Sequence[Mapping[str, Any]] = (),
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Add metrics (key, value, timestamp, step), parameters and tags to a run at once."""
        body = {"run_id": run, "metrics": list(metrics), "params": _pairs(params or {}), "tags": _pairs(tags or {})}
        self._post("runs/log-batch", body)

    def update_run(self, run: str, **attributes: Any) -> None:
        """Change the name (`run_name`), the `status` or the end (`end_time`, ms since 1970) of a run."""
        self._post("runs/update", {"run_id": run, **attributes})

    def put_file(self, run: Mapping[str, Any], name: str, content: bytes) -> None:
        """Store a file with a run. Raises TrackerError where this server does not take them."""
        place = str(run["info"].get("artifact_uri", ""))
        try:
            parts = urlsplit(place)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme != "mlflow-artifacts":
            raise TrackerError(
                f"{self.address} keeps the files of runs at {visible(place)[:200]!r}, which its clients write to "
                "themselves. Start it with `--serve-artifacts`, or send the runs without files."
            )
        if parts.netloc and origin(f"{urlsplit(self.address).scheme}://{parts.netloc}") != origin(self.address):
            raise TrackerError(
                f"{self.address} keeps the files of runs at {visible(parts.netloc)[:200]!r}, and nothing is sent to an "
                "address that nobody typed. Give that one if you trust it, or send the runs without files."
            )
        below = quote(f"{parts.path.lstrip('/')}/{name}")
        self._request("PUT", f"/api/2.0/mlflow-artifacts/artifacts/{below}", data=content)

    def _post(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._request("POST", f"{_API}/{name}", json=body) or {}

    def _part(self, answer: Any, name: str) -> Any:
        """Return a part of an answer that every MLflow server gives."""
        if not isinstance(answer, dict) or name not in answer:
            raise self._stranger(f"its answer has no {name!r}")
        return answer[name]

    def _request(self, method: str, path: str, *, absent: bool = False, **content: Any) -> dict[str, Any] | None:
        """Return the answer to a request; None, where that may be absent, for what is not there."""
        try:
            with self._session.request(
                method, self.address + path, timeout=_TIMEOUT, allow_redirects=False, stream=True, **content
            ) as response:
                said = response.raw.read(_MOST_BYTES, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise self._unreachable(error) from None
        answer = _object(said or b"{}")  # nothing is said of a file that was stored
        if response.status_code == 404 and absent and answer and answer.get("error_code") == "RESOURCE_DOES_NOT_EXIST":
            return None
        if response.status_code != 200:
            raise self._refusal(response, answer)
        if answer is None:
            raise self._stranger("its answer is no JSON")
        return answer

    def _unreachable(self, error: Exception) -> TrackerError:
        match error:
            case requests.exceptions.ProxyError():
                why, remedy = (
                    "the proxy lets nobody through",
                    "Correct HTTP_PROXY or HTTPS_PROXY, or add it to NO_PROXY",
                )
            case requests.exceptions.SSLError():
                why, remedy = "its certificate is not trusted", "Set REQUESTS_CA_BUNDLE to the file of its authority"
            case requests.exceptions.Timeout():
                why = f"no answer within {_TIMEOUT[0]} s to a call, or {_TIMEOUT[1]} s to a request"
                remedy = "Try again: what was sent already is not sent twice"
            case _:
                why, remedy = "nobody answers there", "Start the server, or correct the address"
        return TrackerError(f"{self.address} cannot be reached: {why}. {remedy}.")

    def _refusal(self, response: requests.Response, answer: dict[str, Any] | None) -> TrackerError:
        status = response.status_code
        if status in (401, 403):
            given = "refuses the login that was given" if self._session.auth is not _nobody else "wants a login"
            return TrackerError(f"{self.address} {given}. Set {LOGIN} where Glyphlab is started.")
        if response.is_redirect or 300 <= status < 400:
            to = visible(response.headers.get("Location", ""))[:200]
            return TrackerError(
                f"{self.address} sends callers on to {to!r}, and nothing is sent to an address that nobody typed. Give "
                "that one if you trust it."
            )
        if answer and "error_code" in answer:
            said = visible(f"{answer['error_code']}: {answer.get('message', '')}")[:300]
            return TrackerError(f"{self.address} refuses what was sent ({said}). What came before stays there.")
        if status in _LATER:
            return TrackerError(
                f"{self.address} is overloaded or not up: it answers with status {status}. Try again later: what was "
                "sent already is not sent twice."
            )
        return self._stranger(f"it answers with status {status}")

    def _stranger(self, why: str) -> TrackerError:
        return TrackerError(
            f"{self.address} is no MLflow server, for {why}. Give the address at which its page opens, such as "
            "http://localhost:5000."
        )


def _login(address: str, environment: Mapping[str, str]) -> Any:
    """Return what signs requests; a known server of the environment is the only one that its login is for."""
    known = environment.get(KNOWN, "")
    if known and origin(known) != origin(address):
        return _nobody
    if token := environment.get("MLFLOW_TRACKING_TOKEN"):
        return _Bearer(token)
    if name := environment.get("MLFLOW_TRACKING_USERNAME"):
        return HTTPBasicAuth(name.encode(), environment.get("MLFLOW_TRACKING_PASSWORD", "").encode())
    return _nobody


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Sign nothing; requests would look for a login in ~/.netrc where it is given no signer."""
    return request


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        value = parse_json(content)
    except ParseFault:
        return None
    return value if isinstance(value, dict) else None

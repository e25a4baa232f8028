#!/usr/bin/env bash
# Makes sure that a Chromium is there for the browser tests: the system's, else Playwright's own. Where there is none, it
# says that they skip; in CI (the environment's CI is true) they fail.
set -u
command -v chromium >/dev/null || command -v google-chrome >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium; } >/dev/null 2>&1
    command -v chromium >/dev/null && exit 0
fi
.venv/bin/python -m playwright install chromium >/dev/null 2>&1 && exit 0
will="be skipped"
[ "${CI:-}" = true ] && will="fail, as this is CI"
echo "No Chromium here and none could be installed: the browser tests will $will. Install the package 'chromium'."

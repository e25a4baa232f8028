"""A session without a browser is one to the server: pages come whole, and live parts of them are asked for again."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from bench.accessibility import PAGES
from bench.browser import Server, dashboard
from bench.people import Person, crowd
from engine.workspace import Workspace
from tests.dashboard import folders


def test_people_change_pages_until_the_block_ends(workspace: Workspace):
    folders.run(workspace, dataset_id=folders.dataset(workspace).id)
    with dashboard(workspace) as server, crowd(server, 2, PAGES, pause=0.01) as took:
        wait_for(lambda: len(took) >= 2 * len(PAGES))
    changes = len(took)
    time.sleep(0.2)
    assert len(took) == changes
    assert min(took) > 0


def test_a_live_page_is_asked_for_again_by_itself_and_another_is_not(workspace: Workspace):
    run = folders.run(workspace, "now", None, folders.dataset(workspace).id)

    async def refreshed(server: Server) -> list[int]:
        """Refreshes of Watch until there are two, and those of Train in the two seconds after it is there."""
        person = await Person.at(server)
        await person.go("watch")
        async with asyncio.timeout(60):
            while person.refreshes < 2:
                await asyncio.sleep(0.05)
        await person.go("train")
        before = person.refreshes
        await asyncio.sleep(2)
        await person.leave()
        return [before, person.refreshes - before]

    # In a thread of its own: Playwright's browser, which other tests share, has a running event loop in this one.
    with folders.alive(run), dashboard(workspace) as server, ThreadPoolExecutor(1) as aside:
        watch, train = aside.submit(asyncio.run, refreshed(server)).result()
    assert watch >= 2
    assert train == 0


def wait_for(holds) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)

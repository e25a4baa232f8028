"""The address of a page: a link shows what it names each time that it is followed."""

from dashboard.common import state
from engine.workspace import Workspace
from tests.dashboard.conftest import Open


def test_a_link_opens_its_tab_each_time_that_it_is_followed(workspace: Workspace, open_page: Open):
    app = open_page("home")
    for _ in range(2):
        app.query_params["tab"] = "datasets"
        app.switch_page("app_pages/data.py").run()
        assert app.session_state[state.DATA_TAB] == "Datasets"
        app.switch_page("app_pages/home.py").run()

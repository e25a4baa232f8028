"""`python -m dashboard`: the server, loading what the first page needs before the first visitor comes.

The same as `streamlit run dashboard/app.py` otherwise; further arguments are Streamlit's.
"""

import sys
import threading
from pathlib import Path

from streamlit.web import cli

from dashboard.warmup import prepare
from engine.workspace import Workspace

if __name__ == "__main__":
    threading.Thread(target=prepare, args=[Workspace.default()], daemon=True, name="warm-up").start()
    sys.argv = ["streamlit", "run", str(Path(__file__).with_name("app.py")), *sys.argv[1:]]
    sys.exit(cli.main())

"""`python -m dashboard`: the same as `streamlit run dashboard/app.py`; further arguments are Streamlit's."""

import sys
from pathlib import Path

from streamlit.web import cli

from glyphlab_read.processes import write_to_any_terminal

if __name__ == "__main__":
    write_to_any_terminal()
    sys.argv = ["streamlit", "run", str(Path(__file__).with_name("app.py")), *sys.argv[1:]]
    sys.exit(cli.main())

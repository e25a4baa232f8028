"""A script that starts a detached command: in its own session, and a child of init, not of the caller.

The caller waits for this script alone, so no zombie is left behind. It imports nothing but os and sys, because
every launch waits for it. It does not supervise the command.
"""

import os
import sys


def main() -> None:
    """Replace a grandchild of the caller by the command in the arguments."""
    os.setsid()
    if os.fork():
        os._exit(0)
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606  an argument list, no shell


if __name__ == "__main__":
    main()

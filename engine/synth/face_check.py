"""Check of the faces of font packs: what a whole pack leaves out, and why.

It runs in a process of its own (`face_judge`), as it starts others, which no page can. Verdicts are kept as they come
(`face_verdicts`) and never made again, so that a recipe goes on meaning the same faces. This module changes no recipe;
whoever names a face singly may draw with it whatever its verdict.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence

from engine.errors import JobError
from engine.formatting import count
from engine.synth.face_verdicts import verdicts_of
from engine.synth.font_packs import FontPack
from engine.workspace import Workspace
from glyphlab_read.processes import dying_with_this, import_path

_POLL_SECONDS = 0.3


def check_packs(
    workspace: Workspace, packs: Sequence[FontPack], watch: Callable[[int, int], object] = lambda done, of: None
) -> None:
    """Check the faces of some packs that were not checked yet, some ten a second on each core.

    Args:
        workspace: keeps the verdicts.
        packs: the packs.
        watch: called a few times a second with the faces that are done and those to do; what it raises ends the check,
            and verdicts stay.

    Raises:
        JobError: the check could not be done, such as on a full disk; what was checked stays.
    """
    faces = [face for pack in packs for face in pack.faces]
    before = len(verdicts_of(workspace, faces))
    of = len(faces) - before
    if not of:
        return
    command = [sys.executable, "-m", "engine.synth.face_judge", str(workspace.root), *(pack.name for pack in packs)]
    environment = {**os.environ, **import_path("engine"), **dying_with_this()}
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment) as child:
        try:
            complaint = b""
            while child.poll() is None:
                watch(len(verdicts_of(workspace, faces)) - before, of)
                try:
                    _, complaint = child.communicate(timeout=_POLL_SECONDS)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            child.kill()
    done = len(verdicts_of(workspace, faces)) - before
    watch(done, of)
    if done < of:
        said = complaint.decode(errors="replace").strip().splitlines()[-1:] or ["the system ended it"]
        raise JobError(
            f"The check of font packs ended after {done} of {count(of, 'faces')}: {said[0][:200]}. Free memory and "
            "disk, then try again: it goes on with the rest."
        )

"""The command `fonts`: the font packs of this machine, the check of their faces, and what it leaves out.

Printing only; packs and verdicts come from `engine.synth`. Packages are installed by `make fonts`, as that needs rights
over the system.
"""

import sys

from engine.config.adapting import AdaptConfig
from engine.config.base import Config
from engine.config.fitting import FitConfig
from engine.config.generate import GenerateConfig, GenerateScenesConfig
from engine.formatting import count
from engine.synth.face_check import check_packs
from engine.synth.face_verdicts import FaceVerdict, verdicts_of
from engine.synth.font_packs import RECOMMENDED, FontPack, installed_packs
from engine.synth.in_language import in_language
from engine.synth.whole_packs import ready_to_draw, written_out
from engine.workspace import Workspace

_UNCHECKED = "not checked yet"


def fonts(workspace: Workspace, action: str) -> int:
    """Do one of FONT_ACTIONS and return the exit code. Raises JobError when the check cannot be done."""
    packs = list(installed_packs().values())
    if not packs:
        sys.stderr.write(
            "No font pack is installed here. On Debian and Ubuntu `make fonts` installs "
            f"{count(len(RECOMMENDED), 'packages')}; elsewhere, upload fonts where they are chosen.\n"
        )
        return 1
    if action == "check":
        check_packs(workspace, packs, progress)
        sys.stderr.write("\n")
    verdicts = verdicts_of(workspace, [face for pack in packs for face in pack.faces])
    if action == "left-out":
        for pack in packs:
            for face in pack.faces:
                if fault := verdicts.get(face, FaceVerdict(_UNCHECKED)).fault:
                    sys.stdout.write(f"{face.id}\t{fault}\n")
        return 0
    for pack in packs:
        _print_pack(pack, [verdicts[face] for face in pack.faces if face in verdicts])
    taken = [face for face, verdict in verdicts.items() if not verdict.fault]
    families = len({face.family for face in taken})
    designs = f"{families:,} {'family' if families == 1 else 'families'}"
    sys.stdout.write(f"{count(len(taken), 'faces')} of {designs} in {count(len(packs), 'packs')}\n")
    return 0


def ready(workspace: Workspace, config: Config, language: str | None) -> Config:
    """Return the settings of a job with its recipe in a language, and whole packs written out.

    Raises ConfigError. See `in_language`, `written_out`.
    """
    if language:
        config = _in_language(config, language)
    match config:
        case GenerateConfig() | GenerateScenesConfig():
            return ready_to_draw(config, workspace, progress)
        case FitConfig() | AdaptConfig():
            return config.changed(recipe=written_out(config.recipe, workspace, progress))
        case _:
            return config


def _in_language(config: Config, language: str) -> Config:
    match config:
        case GenerateScenesConfig(recipe=scenes):
            return config.changed(recipe=in_language(scenes, language))
        case GenerateConfig(recipe=words) | FitConfig(recipe=words) | AdaptConfig(recipe=words):
            return config.changed(recipe=in_language(words, language))
        case _:
            return config


def progress(done: int, of: int) -> None:
    """Write how many faces are checked, on one line of the standard error."""
    sys.stderr.write(f"\rchecked {done:,} of {count(of, 'faces')} ")
    sys.stderr.flush()


def _print_pack(pack: FontPack, verdicts: list[FaceVerdict]) -> None:
    taken = sum(not verdict.fault for verdict in verdicts)
    faces = f"{taken} of {count(len(pack.faces), 'faces')}" if len(verdicts) == len(pack.faces) else _UNCHECKED
    sys.stdout.write(f"{pack.id}\t{faces}\t{pack.licence}\n")

"""Several values for settings of a new run: where they are typed, and the runs that they make."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.common.fields import label
from dashboard.train.run_kinds import RunKind
from engine.cli import flags
from engine.cli.variations import Combination, Variation, combinations, parse_values, run_name
from engine.config.base import Config
from engine.config.train import RunConfig
from engine.errors import ConfigError
from engine.jobs import launch, launch_group
from engine.workspace import Workspace

_FIRST = ("learning_rate", "seed")
_NAMED = {"dataset", "validate_on", "start_from", "device"}  # chosen from lists, elsewhere on the page
_EXAMPLES = {"learning_rate": "such as 0.003 and 0.0005", "seed": "such as 0 to 2"}


@dataclass(frozen=True)
class SeveralRuns:
    """The runs that the form asks for: one, or one for each combination of the values that were typed.

    Attributes:
        variations: the settings that have several values; none for one run.
        configs: of the runs, in the order in which they start.
        combinations: the values of each.
    """

    variations: Sequence[Variation]
    configs: Sequence[RunConfig]
    combinations: Sequence[Combination]

    def named(self, name: str) -> list[tuple[str, Config]]:
        """Return each run's name and config."""
        return [(run_name(name, pairs), config) for pairs, config in zip(self.combinations, self.configs, strict=True)]


def type_values(kind: RunKind, key: str) -> dict[str, str]:
    """Draw where several values are typed; return the texts by the paths of their settings, without empty ones.

    Args:
        kind: of the run.
        key: begins the keys of the inputs.
    """
    labels = {
        flag.path: label(flag.path.replace(".", " "), flag.field)
        for flag in flags.flags(kind.config)
        if flag.path not in _NAMED and ".N" not in flag.path and not flags.is_list(kind.config, flag.path)
    }
    with st.expander("Several values, a run for each", icon=":material/stacks:"):
        st.caption(
            "Runs that differ in their seed alone are one group on Compare: three seeds tell chance from effect."
        )
        first = [_values(path, labels[path], key) for path in _FIRST]
        others = st.multiselect(
            "More settings",
            [path for path in labels if path not in _FIRST],
            format_func=labels.__getitem__,
            key=f"{key}.vary-others",
            placeholder="any",
            persist_state="session",
        )
        more = [_values(str(path), labels[str(path)], key) for path in others]
    return {path: text for path, text in [*first, *more] if text}


def runs_of(kind: RunKind, config: RunConfig, texts: dict[str, str]) -> SeveralRuns:
    """Return the runs that a form's config and the typed values make.

    Raises:
        ConfigError: values that cannot be read, that the config refuses, or that make too many runs.
    """
    variations = [parse_values(kind.config, path, text) for path, text in texts.items()]
    found = combinations(variations)
    configs = []
    for pairs in found:
        plain = config.plain()
        for path, text in pairs:
            flags.assign(kind.config, plain, path, text)
        configs.append(kind.config.parse(plain))
    if len(found) == 1 and variations:
        raise ConfigError("One value alone makes one run. Type several, or set it in its own field.")
    return SeveralRuns(variations, configs, found)


def start_runs(workspace: Workspace, kind: RunKind, several: SeveralRuns, name: str, nonce: str) -> str:
    """Start the runs; return their ids as an address has them. Raises JobError and SpaceError."""
    if not several.variations:
        return launch(workspace, kind.job, several.configs[0], name=name, nonce=nonce)
    return ",".join(launch_group(workspace, kind.job, several.named(name), nonce=nonce))


def _values(path: str, title: str, key: str) -> tuple[str, str]:
    text = st.text_input(
        f"{title}: values",
        key=f"{key}.vary.{path}",
        placeholder=_EXAMPLES.get(path, "several, with commas"),
        max_chars=400,
        persist_state="session",
    )
    return path, str(text or "").strip()

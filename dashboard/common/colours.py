"""The colours that mean something, decided once: runs, states, confidences. The theme itself is .streamlit/config.toml.

Colour never speaks alone: every user of this module writes the word beside it.
"""

from collections.abc import Iterable

from engine.jobs import Job
from engine.workspace import is_starter

# Okabe and Ito's eight, which colour-blind readers tell apart; their black is a grey here and their yellow is deeper,
# so that both show on light and on dark ground. The same list stands in the theme as chartCategoricalColors.
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8A8A8A", "#B8A800")

_STARTER = "#8C6D55"  # a brown that is none of theirs

SURE, DOUBTFUL = 0.9, 0.6


def run_colours(runs: Iterable[Job]) -> dict[str, str]:
    """Give each of all runs its colour by its number, whatever is shown beside it and whichever others are deleted.

    Runs of older versions have none: they are numbered by their order of birth (ids sort by it, starters last).
    """
    born = enumerate(sorted(runs, key=lambda run: run.id), 1)
    return {
        run.id: _STARTER if is_starter(run.id) else OKABE_ITO[((run.number or place) - 1) % len(OKABE_ITO)]
        for place, run in born
    }


def dot(colour: str) -> str:
    """Return Markdown for a run's coloured dot."""
    return f':color[●]{{foreground="{colour}"}}'


def tint(confidence: float) -> str | None:
    """Return the Markdown background for a character read with this confidence (0 to 1); None when it is sure."""
    if confidence >= SURE:
        return None
    return "orange-background" if confidence >= DOUBTFUL else "red-background"

"""All paths of a text through CTC's frames: prefix beam search, and the probability and the places of a text.

The search is in the logarithmic domain (Graves 2012, section 7.5; Hannun et al. 2014, arXiv 1408.2873). What it finds
is then scored by the sum over all its paths, and the greedy reading takes part, so that the best is never worse. Legend
as in `decode`; B beam width. This module knows no language and no charset.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.reading.beam import Hypothesis, log_softmax
from engine.reading.decode import Decoded, Floats, ctc_greedy

_NEVER = -np.inf


def ctc_beam(logits: Floats, width: int) -> list[Hypothesis]:
    """Decode one image by prefix beam search; the last class is the blank.

    Args:
        logits: (T, K), only the frames that lie over the image.
        width: B, prefixes kept from frame to frame, at least 1.

    Returns:
        At most B readings, the best first.
    """
    logs = log_softmax(logits)
    texts = [*_prefixes(logs, width), ctc_greedy(logits).ids]
    scores = {text: ctc_logarithm(logs, text) for text in dict.fromkeys(texts)}
    best = sorted(scores, key=lambda text: scores[text], reverse=True)[:width]
    return [Hypothesis(_aligned(logs, text), scores[text], scores[text]) for text in best]


def ctc_logarithm(logs: Floats, text: Sequence[int]) -> float:
    """Return the logarithm of the sum over all paths of a text (Graves et al. 2006, section 4.1); logs (T, K)."""
    return float(np.logaddexp.reduce(_forward(logs, text)[-1, -2:]))


def ctc_posteriors(logits: Floats, text: Sequence[int]) -> npt.NDArray[np.float32]:
    """Return how likely each frame writes each character, given that the text is right: CTC's soft alignment.

    The forward and backward variables of Graves et al. (2006), section 4.1, over all paths of the text.

    Args:
        logits: (T, K), only the frames that lie over the image.
        text: classes of L characters that T frames have room for.

    Returns:
        (L, T), 0…1; a frame's column sums to 1 less the share of the blank.
    """
    logs = log_softmax(logits)
    states, _ = _states(text, logs.shape[1] - 1)
    back = _forward(logs[::-1], text[::-1])[::-1, ::-1]
    joint = _forward(logs, text) + back - logs[:, states]  # both count the frame itself
    return np.exp(joint - np.logaddexp.reduce(joint[0]))[:, 1::2].T.astype(np.float32)


def _forward(logs: Floats, text: Sequence[int]) -> Floats:
    """Return the logarithm of the sum over all paths that reach each state at each frame, (T, 2 L + 1)."""
    states, skips = _states(text, logs.shape[1] - 1)
    alpha = np.full((len(logs), len(states)), _NEVER)
    alpha[0, :2] = logs[0, states[:2]]
    for before, after, frame in zip(alpha, alpha[1:], logs[1:], strict=False):
        after[:] = np.logaddexp.reduce(_sources(before, skips), axis=0) + frame[states]
    return alpha


def _prefixes(logs: Floats, width: int) -> list[tuple[int, ...]]:
    """Return the B likeliest prefixes after the last frame, paths that fell out of the beam not counted."""
    blank = logs.shape[1] - 1
    texts: list[tuple[int, ...]] = [()]
    blanks, letters = np.zeros(1), np.full(1, _NEVER)  # of paths that end in the blank, and in the last character
    for frame in logs:
        totals = np.logaddexp(blanks, letters)
        grown = totals[:, None] + frame[None, :blank]
        stay = np.full(len(texts), _NEVER)
        places = {text: place for place, text in enumerate(texts)}
        for place, text in enumerate(texts):
            if not text:
                continue
            last = text[-1]
            stay[place] = letters[place] + frame[last]
            grown[place, last] = blanks[place] + frame[last]  # only a blank parts two equal characters
        for place, text in enumerate(texts):
            parent = places.get(text[:-1]) if text else None
            if parent is not None:  # both ways to the same text are one
                stay[place] = np.logaddexp(stay[place], grown[parent, text[-1]])
                grown[parent, text[-1]] = _NEVER
        kept, blanks, letters = _widest(totals + frame[blank], stay, grown, width)
        texts = [texts[place] if id < 0 else (*texts[place], id) for place, id in kept]
    return texts


def _widest(
    blanks: Floats, stay: Floats, grown: Floats, width: int
) -> tuple[list[tuple[int, int]], npt.NDArray[Any], npt.NDArray[Any]]:
    """Return (place, class, -1 for none) of the B likeliest prefixes, old and grown, and their two logarithms."""
    count = len(blanks)
    totals = np.concatenate([np.logaddexp(blanks, stay), grown.ravel()])
    order = np.argsort(-totals, kind="stable")[:width]
    order = order[totals[order] > _NEVER]
    old = order < count
    kept = [(int(i), -1) if i < count else divmod(int(i) - count, grown.shape[1]) for i in order]
    ends = np.concatenate([stay, grown.ravel()])[order]
    return kept, np.where(old, blanks[np.minimum(order, count - 1)], _NEVER), ends


def _aligned(logs: Floats, text: Sequence[int]) -> Decoded:
    """Return a text's characters at the places of its likeliest path (Viterbi); confidences as greedy decoding's."""
    states, skips = _states(text, logs.shape[1] - 1)
    score = np.full(len(states), _NEVER)
    score[:2] = logs[0, states[:2]]
    steps = []
    for frame in logs[1:]:
        sources = _sources(score, skips)
        steps.append(sources.argmax(axis=0))
        score = sources.max(axis=0) + frame[states]
    state = len(states) - 1 if len(states) == 1 or score[-1] >= score[-2] else len(states) - 2
    path = [state]
    for back in reversed(steps):
        state -= int(back[state])
        path.append(state)
    spans: dict[int, tuple[int, int]] = {}
    for frame, state in enumerate(reversed(path)):
        if state % 2:
            spans[state // 2] = (spans.get(state // 2, (frame, 0))[0], frame + 1)
    confidences = (float(np.exp(logs[start:end, text[i]].max())) for i, (start, end) in sorted(spans.items()))
    return Decoded(tuple(text), tuple(confidences), tuple(span for _, span in sorted(spans.items())))


def _states(text: Sequence[int], blank: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the text with blanks around each character, (2 L + 1,), and where a blank may be left out before."""
    states = np.full(2 * len(text) + 1, blank, dtype=np.int64)
    states[1::2] = text
    skips = np.zeros(len(states), dtype=bool)
    skips[3::2] = states[3::2] != states[1:-2:2]
    return states, skips


def _sources(values: Floats, skips: npt.NDArray[np.bool_]) -> Floats:
    """Return what each state may be reached from, itself, one before and two before: (3, 2 L + 1)."""
    sources = np.full((3, len(values)), _NEVER)
    sources[0] = values
    sources[1, 1:] = values[:-1]
    sources[2, 2:] = np.where(skips[2:], values[:-2], _NEVER)
    return sources

"""All paths of a text through CTC's frames: prefix beam search, and the probability and the places of a text.

The search is that of Graves (2012, section 7.5) and Hannun et al. (2014, arXiv 1408.2873), who also let a language take
part. What it finds is then scored by the sum over all its paths, and the greedy reading takes part, so that the best is
never worse. Legend as in `decode`; B beam width. This module knows no charset.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.reading.decoding.attention import Hypothesis, log_softmax
from engine.reading.decoding.ngram import NgramModel
from engine.reading.decoding.types import Decoded, Floats, ctc_greedy, softmax

_NEVER = -np.inf
_SURE, _OTHER = 0.9, 0.02  # probability of each character read, and of any other, from which on no language is asked
_WIDTH = 8  # prefixes that are followed with a language
_HOPELESS = 1e-4  # share of the best score below which none is
_EXCLUDED = 1e-3  # probability of a character below which it is not followed then


def ctc_best(logits: Floats, language: NgramModel | None) -> Decoded:
    """Decode one image: greedily, and where that is not sure, as the texts that the language knows make likely.

    Args:
        logits: (T, K), only the frames that lie over the image; the last class is the blank.
        language: None to decode greedily in any case.
    """
    greedy = ctc_greedy(logits)
    if language is None or _sure(logits, greedy):
        return greedy
    best = _prefixes(logits, _WIDTH, language)[0]
    return greedy if best == greedy.ids else _aligned(log_softmax(logits), best)


def ctc_beam(logits: Floats, width: int, language: NgramModel | None = None) -> list[Hypothesis]:
    """Decode one image by prefix beam search; the last class is the blank.

    Args:
        logits: (T, K), only the frames that lie over the image.
        width: B, prefixes kept from frame to frame, at least 1.
        language: makes likely texts outrank others; scores are then shares among the texts that were found.

    Returns:
        At most B readings, the best first.
    """
    logs = log_softmax(logits)
    texts = [*_prefixes(logits, width, language), ctc_greedy(logits).ids]
    logarithms = {text: ctc_logarithm(logs, text) for text in dict.fromkeys(texts)}
    scores = logarithms if language is None else _weighed(logarithms, language)
    best = sorted(scores, key=lambda text: scores[text], reverse=True)[:width]
    return [Hypothesis(_aligned(logs, text), scores[text], logarithms[text]) for text in best]


def _sure(logits: Floats, greedy: Decoded) -> bool:
    """Say whether no text but the greedy one comes into question, whatever is likely.

    Where a frame may be the blank or one of the characters beside it, the text stays the same.
    """
    others = softmax(logits)
    path, frames = others.argmax(axis=1), np.arange(len(others))
    others[:, -1] = 0
    for near in (path, np.roll(path, 1), np.roll(path, -1)):
        others[frames, near] = 0
    return others.max() < _OTHER and min(greedy.confidences, default=0.0) > _SURE


def _weighed(logarithms: dict[tuple[int, ...], float], language: NgramModel) -> dict[tuple[int, ...], float]:
    """Return the logarithm of each text's share, by what the image and the language say of it."""
    scores = {text: logarithm + language.reward(text) for text, logarithm in logarithms.items()}
    whole = float(np.logaddexp.reduce(list(scores.values())))
    return {text: score - whole for text, score in scores.items()}


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


@dataclass(slots=True)
class _Prefix:
    """The start of a text.

    Attributes:
        factor: what a language makes of its characters, 1 without one.
        blank, letter: probability of its paths that end in the blank, and in its last character, up to a factor that
            all prefixes of a frame share.
    """

    factor: float = 1.0
    blank: float = 0.0
    letter: float = 0.0

    @property
    def score(self) -> float:
        return (self.blank + self.letter) * self.factor


_Beam = dict[tuple[int, ...], _Prefix]


def _prefixes(logits: Floats, width: int, language: NgramModel | None) -> list[tuple[int, ...]]:
    """Return the B likeliest texts after the last frame, best first, paths that fell out of the beam not counted."""
    probabilities = softmax(logits.astype(np.float64))
    beam: _Beam = {(): _Prefix(blank=1.0)}
    for frame, followed in zip(probabilities.tolist(), _followed(probabilities, width, language), strict=True):
        grown = _grown(beam, frame, followed, language)
        best = sorted(grown.items(), key=lambda one: one[1].score, reverse=True)[:width]
        if language is not None:
            least = _HOPELESS * best[0][1].score
            best = [one for one in best if one[1].score >= least] or best[:1]  # none of a diverged network's numbers is
        whole = max(prefix.blank + prefix.letter for _, prefix in best)
        for _, prefix in best:
            prefix.blank, prefix.letter = prefix.blank / whole, prefix.letter / whole
        beam = dict(best)
    if language is None:
        return list(beam)
    ends = {text: prefix.score * math.exp(language.rewards(text)[-1]) for text, prefix in beam.items()}
    return sorted(ends, key=lambda text: ends[text], reverse=True)


def _followed(probabilities: Floats, width: int, language: NgramModel | None) -> list[list[int]]:
    """Return for each frame the characters that can be among the best B.

    Of one prefix's continuations no more than B survive, and one beside them that repeats its last character. With a
    language those that the image all but excludes are left out: they would only cost time.
    """
    characters = probabilities[:, :-1]
    if language is not None:
        return [np.flatnonzero(frame).tolist() for frame in characters > _EXCLUDED]
    if characters.shape[1] <= width + 1:
        return [list(range(characters.shape[1]))] * len(characters)
    return np.argpartition(-characters, width)[:, : width + 1].tolist()


def _grown(beam: _Beam, frame: list[float], followed: list[int], language: NgramModel | None) -> _Beam:
    """Return all prefixes that one frame makes of the beam's."""
    grown: _Beam = {}
    for text, old in beam.items():
        last, whole = text[-1] if text else -1, old.blank + old.letter
        same = grown.setdefault(text, _Prefix(old.factor))
        same.blank += whole * frame[-1]
        if text:
            same.letter += old.letter * frame[last]
        for id in followed:
            added = (old.blank if id == last else whole) * frame[id]  # only a blank parts two equal characters
            if not added:
                continue
            longer = (*text, id)
            new = grown.get(longer)
            if new is None:
                factor = old.factor * math.exp(language.rewards(text)[id]) if language else 1.0
                new = grown[longer] = _Prefix(factor)
            new.letter += added
    return grown


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

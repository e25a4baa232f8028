"""CTC decoding: greedy, prefix beam search with an n-gram model, and forward-backward over the paths of a text.

The search is that of Graves (2012, section 7.5) and Hannun et al. (2014, arXiv 1408.2873), who add a language model.
`ctc_beam` rescores its results by the sum over all their paths, the greedy reading among them, so that its best is
never worse than that; `ctc_best`, the usual way to read, takes the search's best as it is. Legend as in `types`; the
last class is the blank.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from glyphlab_read.reading.decoding.ngram import NgramModel
from glyphlab_read.reading.decoding.types import Decoded, Floats, Hypothesis, log_softmax, softmax

_LOG_ZERO = -np.inf
_SURE, _RULED_OUT = 0.9, 0.02
"""A greedy reading is sure where each character has at least the one probability and all others at most the other."""
_NGRAM_BEAM = 8  # prefixes followed when an n-gram model takes part
_MIN_SCORE_SHARE = 1e-2  # prefixes below this share of the best score are dropped then
_MIN_PROB = 6e-3  # characters of lower probability in a frame are not followed then


_SCORE = attrgetter("score")


def ctc_collapse(path: Sequence[int], blank: int) -> list[tuple[int, int, int]]:
    """Collapse a frame-by-frame path: repeats melt into one, blanks vanish (Graves et al. 2006, the map B).

    Returns:
        (class, start frame, end frame) of each character, end exclusive.
    """
    runs: list[tuple[int, int, int]] = []
    start = 0
    for frame in range(1, len(path) + 1):
        if frame == len(path) or path[frame] != path[start]:
            if path[start] != blank:
                runs.append((int(path[start]), start, frame))
            start = frame
    return runs


def ctc_greedy(logits: Floats) -> Decoded:
    """Decode one image by the best class of each frame.

    Args:
        logits: (T, K), only the frames over the image.

    Returns:
        The characters; the confidence of each is the highest probability among its frames.
    """
    return _greedy(softmax(logits))


def _greedy(probs: Floats) -> Decoded:
    """Decode the (T, K) probabilities of one image as `ctc_greedy` does."""
    runs = ctc_collapse(probs.argmax(axis=1).tolist(), blank=probs.shape[1] - 1)
    return Decoded(
        ids=tuple(id for id, _, _ in runs),
        confidences=tuple(float(probs[start:end, id].max()) for id, start, end in runs),
        spans=tuple((start, end) for _, start, end in runs),
    )


def ctc_best(logits: Floats, ngram: NgramModel | None) -> Decoded:
    """Decode one image greedily, and where that is not sure, by beam search with the n-gram model.

    Args:
        logits: (T, K), only the frames over the image.
        ngram: None to decode greedily in any case.
    """
    probs = softmax(logits)
    greedy = _greedy(probs)
    if ngram is None or _is_sure(probs, greedy):
        return greedy
    best = _beam_search(logits, _NGRAM_BEAM, ngram)[0]
    return greedy if best == greedy.ids else _align(log_softmax(logits), best)


def ctc_best_by_weight(logits: Floats, ngram: NgramModel, weights: Sequence[float]) -> list[Decoded]:
    """Decode one image as `ctc_best` does, once for each weight of the n-gram model, all from one search.

    Exact for the model's own weight, which the search follows, and for 0, greedy decoding. With another weight a search
    of its own reads some images otherwise, most of them as wrongly: enough to choose a weight by, at no more time.

    Args:
        logits: (T, K), only the frames over the image.
        ngram: its weight is above 0.
        weights: W of them.

    Returns:
        W readings; those of one text are one object.
    """
    probs = softmax(logits)
    greedy = _greedy(probs)
    if _is_sure(probs, greedy):
        return [greedy] * len(weights)
    log_probs = log_softmax(logits)
    beam, log_factor = _followed_to_the_end(logits, _NGRAM_BEAM, ngram)
    found = {one.text: float(np.log(one.blank + one.nonblank)) + log_factor for one in beam}
    with_greedy = {greedy.ids: ctc_log_prob(log_probs, greedy.ids), **found}  # the search may have dropped it
    likely = {text: ngram.text_score(text) / ngram.weight for text in with_greedy}
    readings = {greedy.ids: greedy}

    def best(weight: float) -> Decoded:
        among = found if weight == ngram.weight else with_greedy
        text = max(among, key=lambda one: among[one] + weight * likely[one])
        if text not in readings:
            readings[text] = _align(log_probs, text)
        return readings[text]

    return [best(weight) if weight else greedy for weight in weights]


def ctc_beam(logits: Floats, width: int, ngram: NgramModel | None = None) -> list[Hypothesis]:
    """Decode one image by prefix beam search.

    Args:
        logits: (T, K), only the frames over the image.
        width: B, prefixes kept from frame to frame, at least 1.
        ngram: makes likely texts outrank others; scores are then shares among the texts that were found.

    Returns:
        At most B readings, the best first.
    """
    log_probs = log_softmax(logits)
    texts = dict.fromkeys([*_beam_search(logits, width, ngram), ctc_greedy(logits).ids])
    totals = {text: ctc_log_prob(log_probs, text) for text in texts}
    scores = totals if ngram is None else _ngram_scores(totals, ngram)
    best = sorted(scores, key=lambda text: scores[text], reverse=True)[:width]
    return [Hypothesis(_align(log_probs, text), scores[text], totals[text]) for text in best]


def ctc_log_prob(log_probs: Floats, text: Sequence[int]) -> float:
    """Return the log probability of a text, summed over all its paths (Graves et al. 2006, section 4.1).

    Args:
        log_probs: (T, K).
        text: classes of L characters.
    """
    return float(np.logaddexp.reduce(_forward(log_probs, text)[-1, -2:]))


def ctc_posteriors(logits: Floats, text: Sequence[int]) -> npt.NDArray[np.float32]:
    """Return the probability that each frame emits each character, given the text: CTC's soft alignment.

    The forward and backward variables of Graves et al. (2006), section 4.1, over all paths of the text.

    Args:
        logits: (T, K), only the frames over the image.
        text: classes of L characters that T frames have room for.

    Returns:
        (L, T), 0…1; a frame's column sums to 1 less the share of the blank.
    """
    log_probs = log_softmax(logits)
    labels, _ = _extended_labels(text, log_probs.shape[1] - 1)
    backward = _forward(log_probs[::-1], text[::-1])[::-1, ::-1]
    joint = _forward(log_probs, text) + backward - log_probs[:, labels]  # both count the frame itself
    return np.exp(joint - np.logaddexp.reduce(joint[0]))[:, 1::2].T.astype(np.float32)


def _is_sure(probs: Floats, greedy: Decoded) -> bool:
    """Return whether no other text comes into question, whatever an n-gram model says.

    Where a frame may be the blank or one of the characters beside it, the text stays the same.
    """
    path, frames, others = probs.argmax(axis=1), np.arange(len(probs)), probs.copy()
    others[:, -1] = 0
    others[frames, path] = 0
    others[frames[1:], path[:-1]] = 0
    others[frames[:-1], path[1:]] = 0
    return others.max() < _RULED_OUT and min(greedy.confidences, default=0.0) > _SURE


def _ngram_scores(log_probs: dict[tuple[int, ...], float], ngram: NgramModel) -> dict[tuple[int, ...], float]:
    """Return the logarithm of each text's share among all, by image and n-gram model together."""
    scores = {text: log_prob + ngram.text_score(text) for text, log_prob in log_probs.items()}
    total = float(np.logaddexp.reduce(list(scores.values())))
    return {text: score - total for text, score in scores.items()}


@dataclass(slots=True, eq=False)
class _Prefix:
    """The start of a text, in the tree of all that the search came by.

    Attributes:
        text: its classes.
        last: the last of them; -1 of the empty text.
        ngram: factor that the n-gram model gives its characters, 1 without one.
        blank, nonblank: probability of its paths that end in the blank, and in its last character, up to a factor that
            all prefixes of a frame share.
        new_blank, new_nonblank: the same with the frame that is being added.
        score: of its paths and characters together.
        followed: whether it is in the beam.
        longer: the prefixes of one character more, by that character.
        following: the n-gram model's probabilities of what comes next; None until they are asked for.
    """

    text: tuple[int, ...] = ()
    last: int = -1
    ngram: float = 1.0
    blank: float = 0.0
    nonblank: float = 0.0
    new_blank: float = 0.0
    new_nonblank: float = 0.0
    score: float = 1.0
    followed: bool = False
    longer: "dict[int, _Prefix]" = field(default_factory=dict)
    following: npt.NDArray[np.float32] | None = None


def _beam_search(logits: Floats, width: int, ngram: NgramModel | None) -> list[tuple[int, ...]]:
    """Return the B likeliest texts after the last frame, best first, paths that fell out of the beam not counted."""
    beam, _ = _followed_to_the_end(logits, width, ngram)
    if ngram is None:
        return [prefix.text for prefix in beam]
    ended = {one.text: one.ngram * (one.blank + one.nonblank) * ngram.end_factor(one.text) for one in beam}
    return sorted(ended, key=lambda text: ended[text], reverse=True)


def _followed_to_the_end(logits: Floats, width: int, ngram: NgramModel | None) -> tuple[list[_Prefix], float]:
    """Return the beam after the last frame, the likeliest prefixes first, and the logarithm of their common factor."""
    log_total = 0.0
    probs = softmax(logits.astype(np.float64))
    beam = [_Prefix(blank=1.0, followed=True)]
    for frame, classes in zip(probs.tolist(), _classes_to_follow(probs, width, ngram), strict=True):
        reached = _add_frame(beam, frame, classes, width, ngram)
        beam = _best(beam + reached, width, ngram) if reached else beam
        total = max([prefix.blank + prefix.nonblank for prefix in beam])
        for prefix in beam:
            prefix.blank, prefix.nonblank = prefix.blank / total, prefix.nonblank / total
        log_total += math.log(total)
    return beam, log_total


def _classes_to_follow(probs: Floats, width: int, ngram: NgramModel | None) -> list[list[int]]:
    """Return for each frame the characters that can be among the best B.

    Of one prefix's continuations no more than B survive, and one beside them that repeats its last character. With an
    n-gram model the characters that the image all but excludes are left out: they would only take time.
    """
    characters = probs[:, :-1]
    if ngram is not None:
        return [np.flatnonzero(frame).tolist() for frame in characters > _MIN_PROB]
    if characters.shape[1] <= width + 1:
        return [list(range(characters.shape[1]))] * len(characters)
    return np.argpartition(-characters, width)[:, : width + 1].tolist()


def _add_frame(
    beam: list[_Prefix], frame: list[float], classes: list[int], width: int, ngram: NgramModel | None
) -> list[_Prefix]:
    """Add one frame to the paths of all prefixes, given its K probabilities, and return those that became longer."""
    for one in beam:
        one.new_blank = (one.blank + one.nonblank) * frame[-1]
        one.new_nonblank = one.nonblank * frame[one.last]  # 0 for the empty text, whatever the blank's probability
    least = _least_to_ask(beam, width, ngram) if ngram and classes else 0.0
    reached = []
    for one in beam if classes else ():
        total = one.blank + one.nonblank
        for id in classes:
            added = (one.blank if id == one.last else total) * frame[id]  # only a blank parts two equal characters
            new = one.longer.get(id)
            if new is not None and new.followed:
                new.new_nonblank += added
            elif not added * one.ngram <= least:
                if new is None:
                    new = one.longer[id] = _longer(one, id, ngram)
                new.new_blank, new.new_nonblank = 0.0, added
                reached.append(new)
    for one in beam + reached:
        one.blank, one.nonblank = one.new_blank, one.new_nonblank
    return reached


def _longer(prefix: _Prefix, id: int, ngram: NgramModel | None) -> _Prefix:
    """Return a prefix with one character more."""
    text = (*prefix.text, id)
    if ngram is None:
        return _Prefix(text, id)
    if prefix.following is None:
        prefix.following = ngram.probabilities(prefix.text)
    return _Prefix(text, id, prefix.ngram * ngram.factor(prefix.following, id))


def _least_to_ask(beam: list[_Prefix], width: int, ngram: NgramModel) -> float:
    """Return the score before its last factor with which a new prefix is dropped, however likely the model finds it.

    Asking the model takes most of the time.
    """
    scores = sorted([(one.new_blank + one.new_nonblank) * one.ngram for one in beam], reverse=True)
    last = scores[-1] if len(scores) == width else 0.0
    return max(_MIN_SCORE_SHARE * scores[0], last) / ngram.largest_factor


def _best(prefixes: list[_Prefix], width: int, ngram: NgramModel | None) -> list[_Prefix]:
    """Return the B prefixes of the highest scores, with an n-gram model those alone that are near the first."""
    for one in prefixes:
        one.score, one.followed = (one.blank + one.nonblank) * one.ngram, False
    best = sorted(prefixes, key=_SCORE, reverse=True)[:width]
    if ngram is not None:
        least = _MIN_SCORE_SHARE * best[0].score
        best = [one for one in best if one.score >= least] or best[:1]  # a diverged network's are all NaN
    for one in best:
        one.followed = True
    return best


def _align(log_probs: Floats, text: Sequence[int]) -> Decoded:
    """Return a text's characters at the places of its likeliest path (Viterbi); confidences as in greedy decoding."""
    labels, skips = _extended_labels(text, log_probs.shape[1] - 1)
    score = np.full(len(labels), _LOG_ZERO)
    score[:2] = log_probs[0, labels[:2]]
    steps = []
    for frame in log_probs[1:]:
        reached = _predecessors(score, skips)
        steps.append(reached.argmax(axis=0))
        score = reached.max(axis=0) + frame[labels]
    state = len(labels) - 1 if len(labels) == 1 or score[-1] >= score[-2] else len(labels) - 2
    path = [state]
    for back in reversed(steps):
        state -= int(back[state])
        path.append(state)
    spans: dict[int, tuple[int, int]] = {}
    for frame, state in enumerate(reversed(path)):
        if state % 2:
            spans[state // 2] = (spans.get(state // 2, (frame, 0))[0], frame + 1)
    confidences = (float(np.exp(log_probs[start:end, text[i]].max())) for i, (start, end) in sorted(spans.items()))
    return Decoded(tuple(text), tuple(confidences), tuple(span for _, span in sorted(spans.items())))


def _forward(log_probs: Floats, text: Sequence[int]) -> Floats:
    """Return the logarithm of the sum over all paths that reach each state at each frame, (T, 2 L + 1)."""
    labels, skips = _extended_labels(text, log_probs.shape[1] - 1)
    alpha = np.full((len(log_probs), len(labels)), _LOG_ZERO)
    alpha[0, :2] = log_probs[0, labels[:2]]
    for before, after, frame in zip(alpha, alpha[1:], log_probs[1:], strict=False):
        after[:] = np.logaddexp.reduce(_predecessors(before, skips), axis=0) + frame[labels]
    return alpha


def _extended_labels(text: Sequence[int], blank: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the text with blanks around each character, (2 L + 1,), and whether the blank before each may be skipped.

    A path is a sequence of these states, one per frame.
    """
    labels = np.full(2 * len(text) + 1, blank, dtype=np.int64)
    labels[1::2] = text
    skips = np.zeros(len(labels), dtype=bool)
    skips[3::2] = labels[3::2] != labels[1:-2:2]
    return labels, skips


def _predecessors(values: Floats, skips: npt.NDArray[np.bool_]) -> Floats:
    """Return the values of the states that lead to each state, itself, one before and two before: (3, 2 L + 1)."""
    reached = np.full((3, len(values)), _LOG_ZERO)
    reached[0] = values
    reached[1, 1:] = values[:-1]
    reached[2, 2:] = np.where(skips[2:], values[:-2], _LOG_ZERO)
    return reached

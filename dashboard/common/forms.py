"""Forms whose inputs outlive a reload: what was typed is in the workspace before the page that shows it is drawn.

A form says which keys of the session are its inputs. Those whose values differ from what they began with are its
draft. Streamlit sends what is typed into a field when it is left or Enter is pressed: this is what can be kept.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import streamlit as st

from dashboard.common import state
from dashboard.common.drafts import OpenDraft, begin, draft_line, end, keep, leave, new_page, take
from dashboard.common.set_aside import show_set_aside
from dashboard.common.sliders import NO_INPUTS
from engine.drafts import KeptDraft, damaged_drafts
from engine.workspace import Workspace

_TYPED = object()  # stands for what an input began with where that is not known: it was restored, or asked for
_PAIR = "pair"


@dataclass(frozen=True)
class Form:
    """Inputs that have one draft.

    Attributes:
        kind: of its drafts in the workspace.
        holds: says whether a key of the session is an input of it. Buttons and uploads must not be.
        asked: parameters of the address that ask for a new one: the draft of before is then only offered.
        noun: what its draft is called.
    """

    kind: str
    holds: Callable[[str], bool]
    asked: tuple[str, ...] = ()
    noun: str = "draft"


@dataclass
class _OpenForm:
    """A form in this session: its draft, and what each input began with."""

    opened: OpenDraft
    began: dict[str, Any] = field(default_factory=dict)
    asked: bool = False
    restored: bool = False


def keys(*names: str, starts: tuple[str, ...] = (), but: tuple[str, ...] = ()) -> Callable[[str], bool]:
    """Return what says whether a key is one of these, or begins as stated and does not end as `but` says."""
    exact, excluded = frozenset(names), (*but, *NO_INPUTS)

    def holds(key: str) -> bool:
        return key in exact or (bool(starts) and key.startswith(starts) and not key.endswith(excluded))

    return holds


def open_form(space: Workspace, form: Form) -> None:
    """Keep what was typed since the last run; at the session's first, bring back what the workspace has.

    To be called before the form's inputs are drawn.
    """
    forms: dict[str, _OpenForm] = st.session_state.setdefault(state.FORMS, {})
    asked = any(name in st.query_params for name in form.asked)
    if form.kind in forms:
        _keep(space, form, forms[form.kind])
    else:
        forms[form.kind] = mine = _OpenForm(begin(space, form.kind, anew=asked))
        mine.restored = mine.opened.returned is not None
        _restore(form, mine)
    forms[form.kind].asked = asked
    st.session_state.setdefault(state.FORMS_OF_PAGE, {})[form.kind] = form


def form_line(space: Workspace, form: Form) -> None:
    """Draw the quiet line of a form that is open, and what was damaged of its drafts."""
    show_set_aside(space, damaged_drafts(space, form.kind), "What was typed and not saved")
    mine: _OpenForm = st.session_state[state.FORMS][form.kind]
    draft_line(space, mine.opened, partial(_afresh, space, form), partial(_go_on, space, form), form.noun)


def end_form(space: Workspace, form: Form) -> None:
    """Delete the draft of a form that became a job. Its inputs stay as they are until they are changed."""
    mine: _OpenForm | None = st.session_state.get(state.FORMS, {}).get(form.kind)
    if mine:
        mine.began = _values(form)
        end(space, mine.opened)


def settle(form: Form, *inputs: str) -> None:
    """Take what these inputs hold as what they began with: it was saved elsewhere."""
    mine: _OpenForm = st.session_state[state.FORMS][form.kind]
    mine.began |= {key: value for key, value in _values(form).items() if key in inputs}


@contextlib.contextmanager
def kept_forms(space: Workspace) -> Iterator[None]:
    """Keep the forms that a page opens, also where it stops or begins anew in the middle.

    A page that fails right after a draft was brought back puts the draft aside and is drawn without it: no draft of an
    older version may lock anybody out.
    """
    st.session_state[state.FORMS_OF_PAGE] = {}
    new_page()
    try:
        yield
    except Exception:
        brought = [form for form, mine in _of_page() if mine.restored]
        if not brought:
            raise
        for form in brought:
            _afresh(space, form)
        st.rerun()
    finally:
        for form, mine in _of_page():
            _note_new_inputs(form, mine)
            _keep(space, form, mine)
            mine.restored = False


def _of_page() -> list[tuple[Form, _OpenForm]]:
    forms = st.session_state.get(state.FORMS, {})
    return [(form, forms[form.kind]) for form in st.session_state.get(state.FORMS_OF_PAGE, {}).values()]


def _note_new_inputs(form: Form, mine: _OpenForm) -> None:
    """Note what inputs begin with that were drawn for the first time."""
    for key, value in _values(form).items():
        mine.began.setdefault(key, _TYPED if mine.asked else value)


def _keep(space: Workspace, form: Form, mine: _OpenForm) -> None:
    typed = {key: value for key, value in _values(form).items() if mine.began.get(key, value) != value}
    if typed:
        began = {key: mine.began[key] for key in typed if mine.began[key] is not _TYPED}
        keep(space, mine.opened, {"inputs": typed, "began": began})
    elif mine.opened.draft.revision:
        end(space, mine.opened)


def _values(form: Form) -> dict[str, Any]:
    return {str(key): plain(st.session_state[key]) for key in st.session_state if form.holds(str(key))}


def _restore(form: Form, mine: _OpenForm) -> None:
    values = mine.opened.draft.values
    if not isinstance(values, dict) or not isinstance(inputs := values.get("inputs"), dict):
        return
    began = values.get("began")
    for key, value in inputs.items():
        if form.holds(key):
            st.session_state[key] = unplain(value)
            mine.began[key] = began.get(key, _TYPED) if isinstance(began, dict) else _TYPED


def _afresh(space: Workspace, form: Form) -> None:
    mine: _OpenForm = st.session_state[state.FORMS][form.kind]
    for key in _values(form):
        del st.session_state[key]
    mine.began.clear()
    leave(space, mine.opened)


def _go_on(space: Workspace, form: Form, draft: KeptDraft) -> None:
    _afresh(space, form)
    mine: _OpenForm = st.session_state[state.FORMS][form.kind]
    take(mine.opened, draft)
    _restore(form, mine)


def plain(value: Any) -> Any:
    """Return a value of an input as JSON types; two ends stay told from a list of two."""
    if isinstance(value, tuple):
        return {_PAIR: [plain(each) for each in value]}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def unplain(value: Any) -> Any:
    """Return what `plain` was given."""
    if isinstance(value, dict):
        return (
            tuple(map(unplain, value[_PAIR])) if value.keys() == {_PAIR} else {k: unplain(v) for k, v in value.items()}
        )
    return [unplain(each) for each in value] if isinstance(value, list) else value

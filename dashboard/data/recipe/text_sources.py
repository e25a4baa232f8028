"""Text sources: a fold each, to edit, copy, remove and add, in every kind that the config declares."""

from collections.abc import Sequence
from typing import Any, get_args

import streamlit as st

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.fields import group, weight_slider
from dashboard.common.markdown import literal
from dashboard.common.page import open_dialog, show_errors
from dashboard.data.recipe.draft import DraftPart, RecipeDraft
from dashboard.data.recipe.uploads import uploaded_here
from engine.config.base import Config
from engine.config.recipe import Recipe
from engine.config.text_sources import TextSource, WordList
from engine.formatting import count, sentence
from engine.synth import fontless_languages, languages, list_assets
from engine.synth.dictionaries import INCOMPLETE, DictionaryLanguage
from engine.synth.frequencies import frequency_languages, has_frequencies
from engine.synth.in_language import in_language, word_languages
from engine.workspace import Workspace
from glyphlab_read.formatting import cut

KINDS: dict[str, type[Config]] = {cls.model_fields["kind"].default: cls for cls in get_args(get_args(TextSource)[0])}
"""The kinds of text sources, by the word that stands for each in a recipe."""


def source_list(space: Workspace, draft: RecipeDraft) -> None:
    """Draw all sources of a draft and note their values in it."""
    for part in draft.texts:
        part.values |= _just_set(part)
    weights = [float(part.values["weight"]) for part in draft.texts]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{count(len(draft.texts), 'sources')}**", width="content", help="Each sample draws one of them.")
        chosen = st.menu_button(
            "Add a text source",
            list(KINDS),
            format_func=_help,
            key="source-add",
            icon=":material/add:",
            type="tertiary",
        )
    lists = list_assets(space, "lists")
    if chosen == "list" and not lists:
        st.session_state[state.LIST_WANTED] = True
    elif chosen:
        _add(draft, str(chosen), lists[0].id if lists else "")
    if st.session_state.get(state.LIST_WANTED):
        _first_list(space, draft)
    _language_of_all(draft)
    for number, part in enumerate(draft.texts):
        _source(space, draft, part, weights[number] / (sum(weights) or 1))


def _language_of_all(draft: RecipeDraft) -> None:
    """Draw the language of all texts, where there are words; another one changes the other texts, too."""
    now = sorted({str(part.values["language"]) for part in draft.texts if "language" in part.values})
    if not now:
        return
    names = _names(word_languages())
    key = f"all-{'-'.join(now)}-{draft.texts[0].mark}"
    st.selectbox(
        "Language of all texts",
        list(names),
        index=list(names).index(now[0]) if len(now) == 1 and now[0] in names else None,
        format_func=names.__getitem__,
        placeholder="Several",
        key=key,
        on_change=_put_into,
        args=(draft, key),
        help="Puts words into the language, and its letters into random characters and patterns.",
    )


@guarded
def _put_into(draft: RecipeDraft, key: str) -> None:
    draft.put_into(str(st.session_state.pop(key)))


def _just_set(part: DraftPart) -> dict[str, Any]:
    """Return what has just been set of what titles say: they are drawn before the inputs below them."""
    names = [name for name in ("weight", "language", "pattern") if name in part.values]
    keys = {name: f"{part.mark}.{name}" for name in names} | (
        {"asset": _asset_key(part)} if "asset" in part.values else {}
    )
    return {name: st.session_state[key] for name, key in keys.items() if st.session_state.get(key) is not None}


def _asset_key(part: DraftPart) -> str:
    """Return the key of the choice of a list, which is reset to the newest list by each upload."""
    return f"{part.mark}.asset{st.session_state.get(f'{part.mark}-lists', 0)}"


def _help(kind: Any) -> str:
    return str(KINDS[str(kind)].model_fields["kind"].description).rstrip(".")


def _add(draft: RecipeDraft, kind: str, asset: str) -> None:
    draft.texts.append(DraftPart(KINDS[kind].model_validate({"asset": asset} if kind == "list" else {})))
    st.rerun()


def _first_list(space: Workspace, draft: RecipeDraft) -> None:
    """Draw the upload of a word list, which a source of that kind needs before it can be."""
    with st.container(border=True, key="card-first-list"):
        st.caption("Upload a word list (one entry a line) or a text first.")
        added = uploaded_here(space, "lists", "source-first-list")
        st.button(
            "Cancel",
            key="source-list-not",
            type="tertiary",
            on_click=st.session_state.pop,
            args=(state.LIST_WANTED,),
        )
        if added:
            st.session_state.pop(state.LIST_WANTED)
            _add(draft, "list", added[-1].id)


def _source(space: Workspace, draft: RecipeDraft, part: DraftPart, weight: float) -> None:
    alone = len(draft.texts) == 1
    title = _title(space, part) if alone else f"{_title(space, part)} · {100 * weight:.0f} %"
    unfolded = part is draft.texts[0] or part.origin is None
    with st.expander(title, expanded=unfolded, key=f"source-{part.mark}", on_change="rerun") as fold:
        if not fold.open:
            return
        if not alone:
            part.values["weight"] = weight_slider(part.start, "weight", part.mark)
        _words_from(space, draft, part)
        drawn = group(part.start, part.mark, leave_out=("kind", "weight", "language", "asset"))
        part.values |= {
            name: value for name, value in drawn.items() if name not in ("kind", "weight", "language", "asset")
        }
        with st.container(horizontal=True):
            st.button(
                "Copy",
                key=f"{part.mark}-copy",
                icon=":material/content_copy:",
                type="tertiary",
                on_click=_copy,
                args=(draft, part),
                help="Another source that starts as this one is.",
            )
            st.button(
                "Remove",
                key=f"{part.mark}-out",
                icon=":material/delete:",
                type="tertiary",
                disabled=alone,
                on_click=guarded(draft.texts.remove),
                args=(part,),
                help="Remove this source from the recipe.",
            )


@guarded
def _copy(draft: RecipeDraft, part: DraftPart) -> None:
    draft.texts.insert(draft.texts.index(part) + 1, part.copy())


def _title(space: Workspace, part: DraftPart) -> str:
    values = part.values
    match values["kind"]:
        case "words" | "frequent":
            language = str(values["language"])
            named = _languages(values["kind"]).get(language, language).partition(",")[0]
            return f"{'Frequent words' if values['kind'] == 'frequent' else 'Words'}, {literal(named)}"
        case "list":
            named = {asset.id: asset.label for asset in list_assets(space, "lists")}
            return f"List, {literal(named.get(values['asset'], 'no longer here'))}"
        case "pattern":
            return f"Pattern {literal(cut(values['pattern'], 24))}"
        case kind:
            return sentence(kind)


def _words_from(space: Workspace, draft: RecipeDraft, part: DraftPart) -> None:
    """Draw where words come from: a language, with the font it needs, or an uploaded list."""
    if "language" in part.values:
        own = str(part.values["language"])
        kind = str(part.values["kind"])
        names = {own: f"{own}, not here"} | _languages(kind)
        if kind == "frequent" and not has_frequencies():
            st.caption(
                ":orange[:material/warning:] Frequencies come from wordfreq, which is not installed here: `make words` "
                "installs it (57 MB)."
            )
        part.values["language"] = language = st.selectbox(
            "Language",
            list(names),
            index=list(names).index(own),
            format_func=names.__getitem__,
            key=f"{part.mark}.language",
            help=type(part.start).model_fields["language"].description,
            persist_state="session",
        )
        needed = {each.id: each for each in fontless_languages()}.get(str(language))
        if needed:
            st.caption(
                f":orange[:material/warning:] No bundled font has {needed.label}. Upload one that has, such as "
                f"{needed.needs}, and choose it in each look."
            )
            st.button(
                "Upload a font",
                key=f"{part.mark}-font",
                icon=":material/upload:",
                on_click=open_dialog,
                args=("fonts", draft.looks[0]),
            )
        if kind == "words" and language in INCOMPLETE:
            st.caption(
                f":orange[:material/warning:] This dictionary has no word with {' '.join(INCOMPLETE[language])}, so a "
                "reader never learns them. Frequent words have them."
            )
            st.button(
                "Take frequent words",
                key=f"{part.mark}-frequent",
                icon=":material/swap_horiz:",
                on_click=_take_frequent,
                args=(draft, part),
            )
    if "asset" in part.values:
        _list(space, part)


@guarded
def _take_frequent(draft: RecipeDraft, part: DraftPart) -> None:
    words = Recipe.parse({"texts": [part.plain()]})
    (by_frequency,) = in_language(words, str(part.values["language"])).texts
    draft.texts[draft.texts.index(part)] = DraftPart(by_frequency, part.origin)


def _languages(kind: str) -> dict[str, str]:
    """Return the names of all languages by id: those that can be drawn first, the others with what they need."""
    return _names(frequency_languages() if kind == "frequent" else [*languages(), *fontless_languages()])


def _names(known: Sequence[DictionaryLanguage]) -> dict[str, str]:
    ready_first = sorted(known, key=lambda each: bool(each.needs))
    return {each.id: f"{each.label}, needs {each.needs}" if each.needs else each.label for each in ready_first}


def _list(space: Workspace, part: DraftPart) -> None:
    own, found = str(part.values["asset"]), list_assets(space, "lists")
    lists = {own: "no longer here"} | {a.id: f"{a.label} ({count(a.facts.get('lines'), 'lines')})" for a in found}
    part.values["asset"] = st.selectbox(
        "Word list",
        list(lists),
        index=list(lists).index(own),
        format_func=lists.__getitem__,
        key=_asset_key(part),
        help=WordList.model_fields["asset"].description,
        persist_state="session",
    )
    with st.popover("Upload or delete lists", icon=":material/upload:"), show_errors():
        if added := uploaded_here(space, "lists", f"{part.mark}-upload"):
            part.values["asset"] = added[-1].id
            st.session_state[f"{part.mark}-lists"] = st.session_state.get(f"{part.mark}-lists", 0) + 1
            st.rerun()

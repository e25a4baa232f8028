"""The glossary: a button in the bar of every page, one click away from wherever a word of the field stands."""

import streamlit as st

from engine.glossary import GLOSSARY

_FIND = "glossary-find"


def glossary_button() -> None:
    """Draw the button; the terms are drawn while it is open. Its place in the bar is set by style.css."""
    with st.popover(
        "Glossary", icon=":material/menu_book:", key="glossary", type="tertiary", on_change="rerun"
    ) as open_now:
        if open_now.open:
            found = matching(st.text_input("Find a word", key=_FIND, icon=":material/search:", live=True))
            if not found:
                st.caption("No such word here. The names of settings are told by the sign beside each.")
            for group, terms in found.items():
                st.markdown(f"**{group}**")
                st.markdown("\n".join(f"- **{term}** · {meaning}" for term, meaning in terms.items()))


def matching(text: str) -> dict[str, dict[str, str]]:
    """Return the terms whose name or meaning holds a text, in any case, by group; all for none."""
    wanted = text.strip().casefold()
    found = {
        group: {term: meaning for term, meaning in terms.items() if wanted in f"{term} {meaning}".casefold()}
        for group, terms in GLOSSARY.items()
    }
    return {group: terms for group, terms in found.items() if terms}

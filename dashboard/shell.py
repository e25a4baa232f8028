"""The frame of all pages (title, mark, navigation), then the requested page. Streamlit runs it for each view."""

from pathlib import Path

import streamlit as st

from dashboard.caches.files import workspace
from dashboard.common import address
from dashboard.common.forms import kept_forms
from dashboard.common.glossary import glossary_button
from dashboard.common.page import callback_fault, page_errors
from dashboard.server import logo
from dashboard.server.login import is_let_in, login_page

_PAGES = [
    st.Page("app_pages/home.py", title="Home", icon=":material/home:", default=True),
    st.Page("app_pages/data.py", title="Data", icon=":material/grid_view:"),
    st.Page("app_pages/train.py", title="Train", icon=":material/model_training:"),
    st.Page("app_pages/watch.py", title="Watch", icon=":material/show_chart:"),
    st.Page("app_pages/read.py", title="Read", icon=":material/text_fields:"),
    st.Page("app_pages/compare.py", title="Compare", icon=":material/compare_arrows:"),
]

# The icon comes before the navigation: else the browser would ask a font host on the web for the page's icon.
st.set_page_config(page_icon=logo.mark(), layout="wide")
let_in = is_let_in()
page = st.navigation(_PAGES, position="top" if let_in else "hidden")
st.set_page_config(page_title=f"{page.title} · Glyphlab")
st.logo(logo.wordmark(st.context.theme.type), size="large")
st.html(Path(__file__).with_name("style.css"))
# Dialogs lie outside the part of the document that Streamlit tells whether it is dark.
st.html(f"<style>:root {{ color-scheme: {st.context.theme.type or 'light'}; }}</style>")
if let_in:
    glossary_button()
    address.open_page(page.title)
    with page_errors(), kept_forms(workspace()), callback_fault():
        page.run()
else:
    login_page()

"""The server around Streamlit: the first document, warming up, the mark."""

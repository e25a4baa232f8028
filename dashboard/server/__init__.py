"""What the server does around Streamlit: the first document, warming up, the mark."""

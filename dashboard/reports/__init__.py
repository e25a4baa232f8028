"""Reports of chosen runs: one content, gathered once, written as HTML, Markdown, CSV and a LaTeX table."""

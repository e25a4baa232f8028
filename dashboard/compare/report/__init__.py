"""The report of chosen runs: gathered once, written as HTML, Markdown, CSV and LaTeX."""

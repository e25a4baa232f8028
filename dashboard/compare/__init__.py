"""Compare: the table of runs, and the views of those chosen from it."""

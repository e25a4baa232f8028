"""The list of datasets, and one dataset opened: browsed, corrected, exported."""

"""Home: the cards of the first page."""

"""Charts of runs that several pages share: curves, metrics, zoom."""

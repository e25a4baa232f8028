"""Train: the form of a new run, what is known before it starts, and a trial of its first steps."""

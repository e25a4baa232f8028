"""Sweeps: many runs that differ in some settings, started one after another, stopped early where it is plain, and told.

Each run is an ordinary run in one group. What is planned is in plan.py, what each trains in settings.py, what came of
it in runs.py, Optuna in search.py alone (loaded by sweeps that need it, never by pages or the command line), the work
in job.py, and what people do to a sweep in control.py.
"""

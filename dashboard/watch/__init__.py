"""Watch: the state of runs, their curves, pinned samples, queue and logs."""

"""Training: data in an exact order, steps, validation, checkpoints and resuming.

`job.work` is the entry; everything it writes lies below the run's folder.
"""

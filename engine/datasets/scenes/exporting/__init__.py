"""Export of scenes in the layouts of other programs. An export job (job.py) writes them."""

"""Datasets as every page describes them."""

from engine.formatting import count, size
from engine.jobs import Job
from engine.jobs.summaries import dataset_summary


def dataset_words(job: Job) -> str:
    """Return Markdown for what a dataset holds."""
    figures = dataset_summary(job)
    if not figures.images:
        wanted = job.config.get("images")
        return f"{count(wanted, 'images')} asked for" if isinstance(wanted, int) else "nothing known of it"
    parts = [count(figures.images, "images"), size(figures.bytes)]
    if figures.charset_size:
        parts.append(count(figures.charset_size, "characters"))
    if figures.max_length:
        parts.append(f"texts up to {count(figures.max_length)} long")
    return " · ".join(parts)

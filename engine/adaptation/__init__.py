"""Adaptation of a reader to photos without labels, as a job that launches ordinary jobs one after another."""

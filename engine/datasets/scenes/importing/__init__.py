"""Import of labelled photos as a dataset of scenes: folders and zip files, labels in any of sixteen formats.

`scan_scenes` opens the photos of a source, `make_scene_report` says what an import would do with them and their
regions, and an import job (job.py) writes the dataset.
"""

"""Names of the files and folders inside a job's folder.

    <collection>/<id>/
        job.json  config.json  job.lock  log.txt  …     every job; see `engine.jobs.records` for their fields
        manifest.json  samples.parquet  shards/  …       a dataset
        checkpoints/  bundles/  tests/  pinned/  validated/  …  a run
        crops/                                            a trial of a locator
        readings.parquet                                  an evaluation of a reader
        scenes.parquet  regions.parquet  boxes.parquet    an evaluation of a locator
        read-scenes.parquet  read-regions.parquet         an evaluation of a locator and a reader together
        readings.csv  readings.json  labels.jsonl  images/  a transcript
        read.pdf  read-2.pdf  …                           a reading of pages
        files/  export.zip                                an export
        differences/                                      an export of a model: images read otherwise than in the lab
        photos.json  crops/  texts.txt  strips/           a fit: real words, and how drawn ones came nearer
        recipe.yaml  measures.parquet                     what it found
        stages.json  apart/                               an adaptation
        sweep.json  study.journal                         a sweep: its runs, and the memory of the search

Each name is spelled here only. Folders of the workspace itself are `engine.workspace`'s. Old workspaces are opened by
these names, so none may change.
"""

# every job
JOB = "job.json"
CONFIG = "config.json"
LOCK = "job.lock"
WORKER_LOCK = "worker.lock"  # of a worker that runs on a node of a cluster
SUBMISSION = "submission"  # what submitit hands to Slurm, and gets back
PROCESS = "process.json"
HEARTBEAT = "heartbeat.json"
PROGRESS = "progress.json"
EVENTS = "events.jsonl"
SUMMARY = "summary.json"
LOG = "log.txt"
STOP = "stop.json"
EXIT = "exit.json"
TURN = "turn.json"
RESERVE = "reserve"  # bytes that are given back when the end is written, so that a full disk can be told
NOTES = "notes.json"
NOTES_LOCK = "notes.lock"

# datasets
MANIFEST = "manifest.json"  # of a bundle and of a checkpoint, too
SAMPLES = "samples.parquet"
REGIONS = "regions.parquet"  # of a dataset of scenes, and of a locator's evaluation
SHARDS = "shards"
PARTS = "parts"  # a table for each finished shard, while a dataset is being written
CACHE = "cache"  # statistics that can be computed again
DRAFT = "draft.json"  # edits that are not a new version yet
DISCARDED_DRAFT = "draft-discarded.json"  # the edits that were discarded last
IMPORT_REPORT = "report.json"
SHARD_PLAN = "plan.json"  # what the shards are made of, while a dataset is being written

# runs
CHECKPOINTS = "checkpoints"
CHECKPOINT_STATE = "state.json"
BUNDLES = "bundles"
TESTS = "tests"  # readings of test images, a table for each dataset
PINNED = "pinned"  # validation images whose readings are followed
VALIDATED = "validated"  # how well each validation image was read, a table for each validation
TENSORBOARD = "tensorboard"

# trials
CROPS = "crops"  # pieces of scenes as a locator would learn from them; real words, of a fit

# evaluations, transcripts, exports
READINGS = "readings.parquet"
LOCATED_SCENES = "scenes.parquet"  # of a locator's evaluation
BOXES = "boxes.parquet"
READ_SCENES = "read-scenes.parquet"  # of a locator and a reader together
READ_REGIONS = "read-regions.parquet"
READINGS_CSV = "readings.csv"
READINGS_JSON = "readings.json"
LABELS = "labels.jsonl"  # of a transcript's images, as people gave them
LABELS_LOCK = "labels.lock"
IMAGES = "images"  # the archive that a transcript read
READ_PDF = "read.pdf"  # of a reading of pages
READ_PDFS = "read*.pdf"  # and, of many pages, "read-2.pdf", "read-3.pdf" and so on
EXPORT_FILES = "files"
EXPORT_ARCHIVE = "export.zip"
DIFFERENCES = "differences"
DIFFERENCES_CSV = "differences.csv"

# fits
FIT_PHOTOS = "photos.json"  # the texts of its crops, and which were held out
FIT_TEXTS = "texts.txt"  # those that are drawn
STRIPS = "strips"  # drawn samples of the nearest recipes so far
RECIPE = "recipe.yaml"  # the fitted one
FIT_MEASURES = "measures.parquet"  # of the photos that were held out, and of samples before and after

# adaptations
STAGES = "stages.json"  # the jobs that were launched
APART = "apart"  # the words that judge, and the others, until the end

# sweeps
SWEEP_RUNS = "sweep.json"  # its runs, and what came of them
EXTENDED = "extended.json"  # the number of runs beyond its budget that it was asked for
STUDY = "study.journal"  # Optuna's
STUDY_LOCK = "study.lock"

"""Keys of the session state that pages read and write themselves, each spelled once.

A widget whose value only its own module uses keeps its key there. What stands in the session is lost with it: what
must outlive a reload is in the workspace or in the address.
"""

# Every page
DIALOG = "dialog"
"""The open dialog: its name and what it is about."""

# Data
DATA_TAB = "data-tab"
DATASET_LAUNCHED = "data-launched"
"""Set when a dataset was started: the next run of the page shows the list of datasets."""
OPEN_DATASET = "data-open"
"""Id of the dataset that is open; none while the list is shown."""
RECIPE = "data-recipe"
RECIPE_DRAFTS = "recipe-drafts"
"""Drafts of recipes by what was chosen: a preset's name, a saved recipe's id, `yaml`."""
RECIPE_ERROR = "recipe-fault"
"""Why saving, deleting or loading a recipe failed, shown once."""
RECIPE_STYLE = "recipe-look"
"""Number of the look that is edited."""
YAML_TEXT = "yaml-text"
LIST_WANTED = "source-list-wanted"
"""Set while the first word list is to be uploaded, before a source of that kind is added."""
UPLOADS = "uploads-seen"
"""The result of each upload by its id: an asset or an error."""
PREVIEW_SEED = "data-roll"
PREVIEW_LABELS = "data-labels"
"""Texts of the samples shown last, by which fonts are previewed."""
FOLDED_SETTINGS = "data-folded"
"""Values of the settings under "More about the dataset", which hold while it is folded."""

# Train
CLONED_RUN = "train-cloned"
TRAIN_PRESET = "train-preset"
TRAIN_DATASET = "train-dataset"

# Watch
WATCHED_RUNS = "chosen-runs"
WATCHED_ADDRESS = "watched-address"
"""The runs that the page itself wrote into its address."""
PINNED_RUN = "pins-run"

# Read
READERS = "read-readers"
SAMPLE_SEED = "read-seed"
QUARTER_TURNS = "read-turns"
"""Quarter turns by the digest of an image."""
CORRECTION_ERRORS = "truth-faults"
"""Why what was typed for an image could not be saved, by the digest of the image."""

# Compare
COMPARED_RUNS = "compare-chosen"
COMPARED_ADDRESS = "compare-address"
"""The address that the page itself wrote."""
DELETED_RUNS = "compare-deleted"
"""Ids of the runs that were deleted last, which can be restored."""
EVALUATION_NONCE = "compare-nonce"
EVALUATIONS = "compare-started"
"""Ids of the evaluations that were started in this session."""


def correction_text(digest: str) -> str:
    """Return the key of the field for what an image says."""
    return f"truth-{digest}"


def dataset_edits(id: str) -> str:
    """Return the key of the edits of a dataset that are not saved yet."""
    return f"draft-{id}"


def launch_nonce(button: str) -> str:
    """Return the key of the nonce of a button that starts a job."""
    return f"nonce-{button}"

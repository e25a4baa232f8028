"""Synthetic images: recipe in, labelled samples out. Light: neither TensorFlow nor Keras is loaded.

`preview`, `annotate_sample`, `check` and `estimate` answer at once; `job.work` makes a dataset. Uploads are stored by
`assets`, recipes by `saved_recipes`. `engine.datasets` defines the files of a dataset.
"""

from engine.synth.annotate import AnnotatedSample, PieceBox, annotate_sample
from engine.synth.asset_resolver import Picture, pictures, uploaded_fonts
from engine.synth.assets import Asset, add_font, add_list, add_picture, delete_asset, list_assets
from engine.synth.check import FontGap, RecipeCheck, RecipeFinding, check
from engine.synth.dictionaries import DictionaryLanguage, fontless_languages, languages
from engine.synth.fonts import Font, fonts
from engine.synth.preview import Estimate, estimate, preview
from engine.synth.samples import Sample
from engine.synth.saved_recipes import SavedRecipe, delete_recipe, save_recipe, saved_recipe, saved_recipes

__all__ = [
    "AnnotatedSample",
    "Asset",
    "DictionaryLanguage",
    "Estimate",
    "Font",
    "FontGap",
    "Picture",
    "PieceBox",
    "RecipeCheck",
    "RecipeFinding",
    "Sample",
    "SavedRecipe",
    "add_font",
    "add_list",
    "add_picture",
    "annotate_sample",
    "check",
    "delete_asset",
    "delete_recipe",
    "estimate",
    "fontless_languages",
    "fonts",
    "languages",
    "list_assets",
    "pictures",
    "preview",
    "save_recipe",
    "saved_recipe",
    "saved_recipes",
    "uploaded_fonts",
]

"""Origin of the starter reader: its recipe, its run, and the commands that make it and put the bundle in its place.

make fonts
python -m engine generate --workspace DIR --config bench/starter/dataset.yaml --name letters
python -m engine train --workspace DIR --config bench/starter/run.yaml --dataset letters --minutes 104
python -m bench.starter.install --workspace DIR --run latest --images FOLDER…

`trdg_fonts.yaml` and `various.yaml` are the halves of the recipe, to compare (`bench.learning_ablation`).
"""

"""Origin of the starter reader: its recipe, its run, and the commands that make it and put the bundle in its place.

make fonts
python -m bench.starter.recipe > letters.yaml
python -m engine generate --workspace DIR --config letters.yaml --name letters
python -m engine train --workspace DIR --config bench/starter/run.yaml --dataset letters --minutes 104
python -m bench.starter.install --workspace DIR --run latest --images FOLDER…
"""

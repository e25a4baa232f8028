"""How the starter reader came about: its recipe, its run, and the command that puts a run's bundle in its place.

python -m engine generate --config bench/starter/dataset.yaml --name "starter reader"
python -m engine train --config bench/starter/run.yaml --dataset ID --name "starter reader"
python -m bench.starter.install --run ID --images FOLDER…
"""

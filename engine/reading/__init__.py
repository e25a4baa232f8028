"""From an image to its text: preparing pixels, running a bundle's network, decoding its output.

The light half: numpy, Pillow and onnxruntime. Nothing here trains, and nothing here imports Keras or TensorFlow.
"""

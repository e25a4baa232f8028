"""From an image to its text: opening images, preparing them, running a bundle's network, decoding what it says.

The light half: numpy, Pillow and onnxruntime. Nothing here trains, and nothing here imports Keras or TensorFlow.
"""

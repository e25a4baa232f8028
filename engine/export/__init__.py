"""From a network that learns to a bundle that anyone can read with: ONNX graphs, a parity check, one folder.

The only part that knows TensorFlow by name, for tf2onnx translates its graphs.
"""

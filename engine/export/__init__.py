"""Export of a network as a bundle: ONNX graphs, a parity check, one folder.

The only part that imports TensorFlow by name, since tf2onnx translates its graphs.
"""

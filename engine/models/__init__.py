"""Networks: any encoder with any decoder, in Keras 3 for any backend.

A new encoder is one file in `encoders` and one line in its registry. Training is in engine.training, export in
engine.export.
"""

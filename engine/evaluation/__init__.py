"""How well a reader reads: scores over a stated test set, and the job that takes them.

The light half: readings come from ONNX Runtime, so that a score is that of the bundle people use.
"""

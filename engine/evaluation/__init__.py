"""Evaluation: scores of readers over test sets, their comparison, and the diagnosis of a run.

The light half: readings come from ONNX Runtime, so that a score is that of the bundle people use.
"""

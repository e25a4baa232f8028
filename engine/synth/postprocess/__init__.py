"""What is done to an image after trdg: seven steps, one module each, every one a pure function of pixels and values.

`settle` throws the values of all steps for one sample, `finish` takes the steps, and `follow` takes only those that
move pixels, for a mask that must stay in step with its image. trdg is not known here.
"""

from engine.synth.postprocess.pipeline import PostprocessPlan, apply, draw_plan, factors, warp
from engine.synth.postprocess.steps import Edges, ink_edges

__all__ = ["Edges", "PostprocessPlan", "apply", "draw_plan", "factors", "ink_edges", "warp"]

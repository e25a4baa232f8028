"""Post-processing of an image that trdg has drawn: ten steps, their values and their order.

The steps are in `steps` and `camera`, their random values and order in `pipeline`. `draw_plan` draws the values of all
steps for one sample, `apply` applies them, and `warp` applies only those that move pixels, for a mask that must stay
aligned with its image. trdg is not known here.
"""

from engine.synth.postprocess.pipeline import PostprocessPlan, apply, draw_plan, draw_room, factors, warp
from engine.synth.postprocess.steps import Edges, ink_edges

__all__ = ["Edges", "PostprocessPlan", "apply", "draw_plan", "draw_room", "factors", "ink_edges", "warp"]

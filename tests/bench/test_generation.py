"""The bench of generation looks at the stages that drawing goes through."""

from bench.generation import core


def test_every_stage_of_the_seed_project_takes_time():
    total, stages = core(60)
    assert total > 0
    assert {stage for stage, seconds in stages.items() if seconds > 0} == {
        "choose the text",
        "choose the font",
        "draw the style",
        "draw the letters",
        "bend the line",
        "turn",
        "scale",
        "background: noise",
        "background: picture",
        "compare with the background",
        "blur",
        "encode as JPEG",
    }

"""Composed images: off until asked for, repeatable, no word over another, and the text stays what the label says."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageColor

from engine.config.letters import ColourPair, DropShadow, Extrusion, Fill, Letters, Neighbours, SecondOutline
from engine.config.postprocess import Crop, Postprocess
from engine.config.recipe import Recipe
from engine.config.style import DRAWN_GROUNDS, BackgroundWeights, Colours, DistortionWeights, OrientationWeights, Style
from engine.config.text_sources import Words
from engine.errors import ConfigError
from engine.measures.colour_pairs import common_pairs, two_colours
from engine.synth import annotate_sample
from engine.synth.composing import compose
from engine.synth.composing.effects import around, swept
from engine.synth.composing.neighbours import paste_neighbour
from engine.synth.composing.pairs import photo_pairs
from engine.synth.postprocess.steps import luma
from engine.synth.samples import RenderedSample, render_sample
from engine.synth.trdg.lettering import draw_lettering

EVERY = Letters(
    shadow=DropShadow(share=1), second_outline=SecondOutline(share=1), extrusion=Extrusion(share=1), fill=Fill(share=1)
)
WHITE = BackgroundWeights(noise=0, white=1)
WORDS = (Words(alphabet="ascii", max_length=12),)


def rendered(count: int = 6, **settings: object) -> list[RenderedSample]:
    look = Style.parse({"height": (32, 48), "background": WHITE.plain(), **settings})
    recipe = Recipe(texts=WORDS, looks=(look,))
    return [render_sample(recipe, 0, index) for index in range(count)]


def assert_as_large(one: RenderedSample, before: RenderedSample) -> None:
    """Fonts of another size differ by a pixel or two in length."""
    sides = zip(one.drawn.layer.size, before.drawn.layer.size, strict=True)
    assert all(abs(side - former) <= max(2, 0.04 * former) for side, former in sides)


def test_nothing_is_composed_until_it_is_asked_for():
    plain = rendered(3)
    for settings in (
        {
            "letters": {"fill": {"strength": 1}},
            "neighbours": {"side": 1},
            "colour_pairs": [{"text": "#ff0000"}],
            "arc": 180,
        },
        {"paired_colours": 1e-9, "neighbours": {"share": 1e-9}, "letters": {"shadow": {"share": 1e-9}}},
    ):
        for before, after in zip(plain, rendered(3, **settings), strict=True):
            assert after.composition is None
            assert after.sample.image.tobytes() == before.sample.image.tobytes()


def test_equal_seeds_compose_equal_images_and_every_setting_changes_them():
    settings = [
        *({"background": {"noise": 0, "white": 0, name: 1}} for name in DRAWN_GROUNDS),
        *({"letters": {name: {"share": 1}}} for name in Letters.model_fields),
        {"paired_colours": 1},
        {"neighbours": {"share": 1, "side": 1}},
        {"distortion": {"none": 0, "arc": 1}},
        {"letters": EVERY.plain(), "mode": {"colour": 0, "grey": 1}, "orientation": {"horizontal": 0, "vertical": 1}},
    ]
    plain = [one.sample.image.tobytes() for one in rendered(2)]
    for one in settings:
        first, again = ([each.sample for each in rendered(2, **one)] for _ in range(2))
        assert [each.image.tobytes() for each in first] == [each.image.tobytes() for each in again]
        assert all(each.image.tobytes() not in plain for each in first), one


@pytest.mark.parametrize("skew", [0, 12, -30])
def test_neighbours_show_but_never_over_the_word(skew: int):
    step = Neighbours(share=1, side=1, gap=0.05, shown=0.3)
    alone = rendered(5, skew=(skew, skew), margin=2)
    for before, one in zip(alone, rendered(5, skew=(skew, skew), margin=2, neighbours=step.plain()), strict=True):
        assert one.composition is not None
        text = draw_lettering(one.drawing)
        assert_as_large(one, before)
        word = Image.new("L", text.size)
        word.paste(text.layer.getchannel("A"), text.corner)
        for neighbour in one.composition.neighbours:
            canvas = Image.new("RGBA", text.size)
            paste_neighbour(canvas, text, neighbour)
            other = np.asarray(canvas.getchannel("A"))
            assert not ((other > 64) & (np.asarray(word) > 64)).any(), (one.sample.label, neighbour.side)
        assert len(one.composition.neighbours) == 4


def test_a_neighbour_leaves_the_word_s_pixels_alone():
    pair = ColourPair(text="#ffffff", ground="#000000").plain()
    for one in rendered(4, skew=(8, 8), paired_colours=1, colour_pairs=[pair], neighbours={"share": 1, "side": 1}):
        assert one.composition is not None
        alone = compose(one.drawing, replace(one.composition, neighbours=())).image
        word = np.asarray(one.ink) > 0
        assert (np.asarray(one.drawn.image)[word] == np.asarray(alone)[word]).all()
        assert (np.asarray(one.drawn.image) != np.asarray(alone)).any()


def test_every_letter_on_an_arc_stays_inside_and_the_middle_is_raised_or_lowered():
    for sign in (1, -1):
        look = Style(
            height=64,
            margin=4,
            fonts=("latin/Lato-Bold",),
            distortion=DistortionWeights(none=0, arc=1),
            arc=(sign * 90, sign * 90) if sign > 0 else (-90, -90),
            background=WHITE,
        )
        for index in range(3):
            recipe = Recipe(texts=(Words(alphabet="ascii", min_words=2, max_words=2, max_length=20),), looks=(look,))
            sample = annotate_sample(recipe, 0, index)
            assert len(sample.boxes) == len(sample.label.replace(" ", ""))
            middles = [((box.left + box.right) / 2, (box.top + box.bottom) / 2) for box in sample.boxes]
            assert all(4 <= x <= sample.image.width - 4 and 4 <= y <= sample.image.height - 4 for x, y in middles)
            assert [x for x, _ in middles] == sorted(x for x, _ in middles)
            ends, middle = (middles[0][1] + middles[-1][1]) / 2, middles[len(middles) // 2][1]
            assert (ends - middle) * sign > 4


def test_a_text_s_ink_is_darker_than_its_ground_where_its_mask_says():
    for one in rendered(6, letters=EVERY.plain(), background={"white": 1, "noise": 0}, blur=0):
        assert one.composition is not None
        assert one.ink.size == one.sample.image.size
        assert one.contrast > 10


def test_composed_images_obey_the_least_contrast():
    settings = {
        "background": dict.fromkeys(("white", "picture", *DRAWN_GROUNDS), 1),
        "colours": [Colours(high="#ffffff").plain()],
        "letters": EVERY.plain(),
        "paired_colours": 0.5,
        "neighbours": {"share": 0.5},
        "after": {"glare": {"share": 1}, "downsampling": {"share": 1}, "motion_blur": {"share": 1}},
        "least_contrast": 30,
    }
    assert all(one.contrast >= 30 for one in rendered(12, **settings))


def test_a_pair_gives_ink_and_ground_their_colours():
    pair = ColourPair(text="#d02020", ground="#20a0d0").plain()
    for background in ("white", "clouds", "picture"):
        for one in rendered(
            3, paired_colours=1, colour_pairs=[pair], background={"noise": 0, "white": 0, background: 1}, margin=8
        ):
            border = np.asarray(one.sample.image, float)[:3].reshape(-1, 3).mean(axis=0)
            assert np.abs(border - (0x20, 0xA0, 0xD0)).max() < 50
            assert np.abs(np.array(ImageColor.getrgb(one.drawing.colour)) - (0xD0, 0x20, 0x20)).max() <= 12


def test_the_pairs_of_photos_are_many_and_can_be_told_apart():
    pairs = photo_pairs()
    levels = np.array([[luma(ImageColor.getrgb(colour)[:3]) for colour in (p.text, p.ground)] for p in pairs])
    assert len(pairs) > 100
    assert np.abs(levels[:, 0] - levels[:, 1]).min() > 40
    assert 0.25 < (levels[:, 0] < levels[:, 1]).mean() < 0.75, "dark on bright, and bright on dark"
    with pytest.raises(ConfigError, match="colour_pairs"):
        Style.parse({"colour_pairs": [{"weight": 0}]})


def test_two_colours_of_an_image_are_found_and_the_rarer_is_the_text():
    image = np.full((16, 48, 3), (200, 220, 240), np.uint8)
    image[4:12, 10:20] = (90, 10, 30)
    found = two_colours(image)
    assert common_pairs([found] * 3, 1)[0] == ("#5a0a1e", "#c8dcf0", 1.0)
    assert found.share == pytest.approx(80 / 768)


def test_sides_and_textures_keep_to_what_was_asked():
    coverage = np.zeros((30, 40), np.uint8)
    coverage[10:15, 10:15] = 255
    solid = swept(coverage, 0, 6)
    assert (solid >= coverage).all()
    assert (solid[12] > 127).sum() == 5 + 6
    assert not solid[:10].any()
    noise = np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8)
    near = around(noise, (120.0, 80.0, 140.0), 1.0, 25.0)
    grey = near @ np.array((0.299, 0.587, 0.114))
    assert np.abs(grey - luma((120.0, 80.0, 140.0))).max() < 27
    assert np.abs(near.mean(axis=(0, 1)) - (120, 80, 140)).max() < 2


def test_a_loose_crop_leaves_room_and_the_text_its_size():
    crop = Crop(share=1, margin=0, room=0.5)
    for orientation in (OrientationWeights(), OrientationWeights(horizontal=0, vertical=1)):
        settings = {"height": 40, "margin": 4, "orientation": orientation.plain()}
        for before, one in zip(
            rendered(2, **settings), rendered(2, **settings, after=Postprocess(crop=crop).plain()), strict=True
        ):
            assert_as_large(one, before)
            across, down = (b - a for a, b in zip(before.sample.image.size, one.sample.image.size, strict=True))
            assert all(abs(more - 2 * 16) < 6 for more in (across, down))

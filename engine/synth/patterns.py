"""Draw texts of a pattern, by walking its parts; the number of steps is bounded by the longest text."""

from random import Random

from engine.config.patterns import CharacterClass, Choice, Part, Repeat, Sequence


def draw_pattern(part: Part, throw: Random) -> str:
    """Draw one text of a part: branches, characters and counts are each drawn equally often."""
    match part:
        case CharacterClass(characters):
            return throw.choice(characters)
        case Sequence(parts):
            return "".join(draw_pattern(each, throw) for each in parts)
        case Choice(branches):
            return draw_pattern(throw.choice(branches), throw)
        case Repeat(inner, least, most):
            return "".join(draw_pattern(inner, throw) for _ in range(throw.randint(least, most)))

"""Names shortened for messages and pages."""


def cut(text: str, most: int) -> str:
    """Shorten a name in its middle to at most `most` characters: names often differ at their ends only."""
    end = (most - 1) // 2
    return text if len(text) <= most else f"{text[: most - 1 - end]}…{text[-end:]}"

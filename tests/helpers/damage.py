"""Damage as disks do it."""


def flipped(content: bytes, place: int, bit: int | None = None) -> bytes:
    """Return bytes with one bit of the byte at a place turned over; without `bit` another one from place to place."""
    changed = bytearray(content)
    changed[place] ^= 1 << (place % 8 if bit is None else bit)
    return bytes(changed)

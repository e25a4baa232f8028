"""Projects of the third version of the VGG Image Annotator, as entries of the second.

A project lists files, views of files, attributes, and shapes as lists of numbers that begin with the number of a kind.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.datasets.scenes.importing.formats.base import FAULTS, number

Values = Mapping[str, Any]
_POINT, _RECTANGLE, _CIRCLE, _ELLIPSE, _LINE, _POLYLINE, _POLYGON, _EXTREME_RECTANGLE, _EXTREME_CIRCLE = range(1, 10)
_PHOTO = 2  # the type of a file; the others are videos and sounds
_CHOICES = (2, 3, 4)  # types of attributes whose values are the numbers of options


def is_via3(value: Any) -> bool:
    """Say whether parsed JSON is a project of the third version."""
    names = ("file", "view", "metadata", "attribute")
    return isinstance(value, dict) and all(isinstance(value.get(name), dict) for name in names)


def via3_photos(project: Values) -> list[dict[str, Any]]:
    """Return the photos of a project, each with its name and its regions, as the second version writes them.

    A shape that is damaged becomes one that has the name of no shape. Raises one of FAULTS where
    the list of files is damaged.
    """
    photos = {
        str(id): {"filename": str(file.get("src") or file["fname"]), "regions": []}
        for id, file in project["file"].items()
        if file.get("type", _PHOTO) == _PHOTO
    }
    attributes = project["attribute"]
    for entry in project["metadata"].values():
        try:
            (photo,) = project["view"][str(entry["vid"])]["fid_list"]
            if str(photo) in photos and entry["xy"]:
                photos[str(photo)]["regions"].append(_region(entry, attributes))
        except FAULTS:  # of a video, of several photos at once, or damaged
            continue
    return list(photos.values())


def _region(entry: Values, attributes: Values) -> dict[str, Any]:
    try:
        shape, fields = _shape(entry["xy"]), _fields(entry.get("av") or {}, attributes)
    except FAULTS:
        shape, fields = {"name": f"kind {entry['xy'][:1]}"}, {}
    return {"shape_attributes": shape, "region_attributes": fields}


def _fields(values: Values, attributes: Values) -> dict[str, Any]:
    """Return the values of attributes by their names; of choices what the options are called."""
    fields: dict[str, Any] = {}
    for id, value in values.items():
        about = attributes.get(str(id)) or {}
        options = about.get("options")
        if about.get("type") in _CHOICES and isinstance(options, dict):
            value = ",".join(str(options.get(part, part)) for part in str(value).split(","))
        fields[str(about.get("aname") or id)] = value
    return fields


def _shape(values: Sequence[Any]) -> dict[str, Any]:
    """Return a shape as the second version has it. Raises one of FAULTS."""
    kind, numbers = values[0], [number(value) for value in values[1:]]
    x, y = numbers[::2], numbers[1::2]
    if kind == _RECTANGLE:
        return {"name": "rect", **dict(zip(("x", "y", "width", "height"), numbers, strict=True))}
    if kind == _EXTREME_RECTANGLE:
        return {"name": "rect", "x": min(x), "y": min(y), "width": max(x) - min(x), "height": max(y) - min(y)}
    if kind == _CIRCLE:
        return {"name": "circle", **dict(zip(("cx", "cy", "r"), numbers, strict=True))}
    if kind == _EXTREME_CIRCLE:
        return _circle_through(x, y)
    if kind == _ELLIPSE:
        return {"name": "ellipse", **dict(zip(("cx", "cy", "rx", "ry"), numbers[:4], strict=True))}
    if kind in (_POINT, _LINE, _POLYLINE, _POLYGON):
        return {"name": "polygon", "all_points_x": x, "all_points_y": y}
    raise ValueError(f"a shape of kind {kind}")


def _circle_through(x: Sequence[float], y: Sequence[float]) -> dict[str, Any]:
    """Return the circle through three points. Raises ValueError where they lie on a line."""
    points = np.array([x, y]).T
    sides, lengths = 2 * (points[1:] - points[0]), (points[1:] ** 2).sum(axis=1) - (points[0] ** 2).sum()
    try:
        centre = np.linalg.solve(sides, lengths)
    except np.linalg.LinAlgError as error:
        raise ValueError(f"three points on a line ({error})") from None
    radius = float(np.hypot(*(points[0] - centre)))
    return {"name": "circle", "cx": float(centre[0]), "cy": float(centre[1]), "r": radius}

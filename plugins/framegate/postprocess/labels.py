"""Names of classes, by the name of a list or as the spec lists them."""

from __future__ import annotations

from framegate.errors import UsageError

_MOST_LETTERS = 60

_COCO = (
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,"
    "bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,"
    "skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,"
    "cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,"
    "potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,"
    "refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush"
)
_LEFT_OUT_OF_COCO = (12, 26, 29, 30, 45, 66, 68, 69, 71, 83)
"""Numbers, from 1, that COCO has given to classes that have no pictures."""
_VOC = (
    "background,aeroplane,bicycle,bird,boat,bottle,bus,car,cat,chair,cow,diningtable,dog,horse,motorbike,person,"
    "pottedplant,sheep,sofa,train,tvmonitor"
)
_CITYSCAPES = (
    "road,sidewalk,building,wall,fence,pole,traffic light,traffic sign,vegetation,terrain,sky,person,rider,car,truck,"
    "bus,train,motorcycle,bicycle"
)


def labels(value: object) -> tuple[str, ...]:
    """The names of classes, in order.

    Args:
        value: ``coco`` (80 names), ``coco90`` (the same at the numbers that TensorFlow's models give them, from 0),
            ``voc`` (21), ``cityscapes`` (19), or a list of names.

    Raises:
        UsageError: it is none of these.
    """
    if isinstance(value, str) and value in _NAMED:
        return _NAMED[value]
    if isinstance(value, list | tuple) and all(isinstance(label, str) for label in value):
        return tuple(label[:_MOST_LETTERS] for label in value)
    raise UsageError(
        f"labels = {value!r:.60} is neither one of {', '.join(_NAMED)} nor a list of texts such as ['cat', 'dog'] nor a"
        " file such as 'labels.txt'; see docs/views.md"
    )


def label_of(names: tuple[str, ...], number: int, first: int = 0) -> str:
    """The name of a class, where the first name is that of the class ``first``; ``class 17`` where it has none."""
    at = number - first
    return (names[at] if 0 <= at < len(names) else "") or f"class {number}"


def _coco90() -> tuple[str, ...]:
    names = iter(_COCO.split(","))
    return tuple("" if number in _LEFT_OUT_OF_COCO else next(names) for number in range(1, 91))


_NAMED = {
    "coco": tuple(_COCO.split(",")),
    "coco90": _coco90(),
    "voc": tuple(_VOC.split(",")),
    "cityscapes": tuple(_CITYSCAPES.split(",")),
}

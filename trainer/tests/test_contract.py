from __future__ import annotations

import json

import pytest

from trainer.contract.validate import parse
from trainer.errors import InputError
from trainer.tests.samples import TRAIN_CONFIG


def test_whole_numbers_that_passed_through_a_double_are_integers() -> None:
    doubles = {key: float(value) if isinstance(value, int) else value for key, value in TRAIN_CONFIG.items()}
    config = parse(json.dumps(doubles), "TrainConfig", "INVALID_CONFIG", "--config")
    assert config == TRAIN_CONFIG
    assert isinstance(config["epochs"], int)


def test_every_problem_is_listed_with_its_path() -> None:
    broken = TRAIN_CONFIG | {"epochs": 1.5, "warmup": 2, "surprise": True}
    del broken["seed"]
    with pytest.raises(InputError) as caught:
        parse(json.dumps(broken), "TrainConfig", "INVALID_CONFIG", "--config")
    assert len(caught.value.problems) == 4


def test_no_json() -> None:
    with pytest.raises(InputError):
        parse("{", "TrainConfig", "INVALID_CONFIG", "--config")

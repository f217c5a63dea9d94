"""The API changes only knowingly: its document is compared with the committed one (api.md#compatibility)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from sekretarka import asgi
from sekretarka.core.web.paging import PageQuery
from sekretarka.core.web.schemas import Input
from tests.support import openapi_snapshot, processes

SNAPSHOT = Path(__file__).with_name("openapi")


def test_the_api_is_the_one_that_was_reviewed() -> None:
    reviewed = {path.stem: path.read_text(encoding="utf-8") for path in SNAPSHOT.glob("*.txt")}
    assert openapi_snapshot.files(asgi.openapi()) == reviewed, "if meant: make regenerate, then review its diff"


def test_the_command_prints_the_document() -> None:
    printed = processes.run("openapi")
    assert printed.returncode == 0, printed.stderr
    assert json.loads(printed.stdout) == asgi.openapi()


def bodies(model: type[BaseModel] = Input) -> Iterator[type[BaseModel]]:
    """Every input but those of queries, which are text."""
    for subclass in model.__subclasses__():
        if not issubclass(subclass, PageQuery):
            yield subclass
            yield from bodies(subclass)


def numbers(model: type[BaseModel]) -> Iterator[str]:
    """The fields that are numbers."""
    for name, shown in model.model_json_schema()["properties"].items():
        if {"integer", "number"} & {option.get("type") for option in (shown, *shown.get("anyOf", ()))}:
            yield name


NUMBERS = [pytest.param(model, name, id=f"{model.__name__}.{name}") for model in bodies() for name in numbers(model)]


@pytest.mark.parametrize(("model", "field"), NUMBERS)
@pytest.mark.parametrize("value", [True, False, "1"])
def test_numbers_in_bodies_are_numbers(model: type[BaseModel], field: str, value: object) -> None:
    """As the document says: what is lenient with them takes `false` for 0."""
    with pytest.raises(ValidationError) as refused:
        model.model_validate({field: value})
    assert field in {error["loc"][0] for error in refused.value.errors()}

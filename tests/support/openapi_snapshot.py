"""The OpenAPI document as small text files, one per resource: a line for every promise, so that a change reads as one.

Left out are titles, which are made from names, and examples, which `tests/api/test_openapi.py` holds against their
schemas. Anything else that these lines have no short form for is printed as JSON, so nothing can change unseen.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sekretarka.api.openapi import operations

Json = dict[str, Any]
SHARED = "shared"
DERIVED = {"title", "example", "examples"}
USUAL_CALLERS, USUAL_DESCRIPTION = ["key", "session"], "Successful Response"
_GENERIC = re.compile(r"(Envelope|Page)_(\w+)_")


def files(document: Json) -> dict[str, str]:
    """File name without suffix → text: one per tag, `shared` for what several use and for the document as a whole."""
    by_tag: defaultdict[str, list[tuple[str, str, Json]]] = defaultdict(list)
    for path, method, operation in operations(document):
        by_tag[operation["tags"][0]].append((path, method, operation))
    schemas = document["components"]["schemas"]
    used = {tag: _reachable(schemas, tag_operations) for tag, tag_operations in by_tag.items()}
    common = _common_parameters(by_tag.values())
    texts = {SHARED: _lines(_shared(document, common, [name for name in schemas if _is_shared(name, used)]))}
    for tag, tag_operations in by_tag.items():
        own = sorted(name for name in used[tag] if not _is_shared(name, used))
        blocks = [_operation(*entry, common) for entry in tag_operations]
        texts[tag] = _lines([*blocks, *(_schema(name, schemas[name]) for name in own)])
    return texts


def _lines(blocks: Iterable[Iterable[str]]) -> str:
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _is_shared(name: str, used: Mapping[str, set[str]]) -> bool:
    return sum(name in names for names in used.values()) != 1


def _reachable(schemas: Json, start: Any) -> set[str]:
    """Names of the schemas that are referred to from here, directly or by others."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(waiting.pop()))) - reached
        reached |= names
        waiting += [schemas[name] for name in names]
    return {name for name in reached if not _GENERIC.fullmatch(name)}


def _common_parameters(groups: Iterable[list[tuple[str, str, Json]]]) -> dict[str, Json]:
    """`in name` → parameter, for those that stand in several resources and are the same everywhere."""
    variants: defaultdict[str, set[str]] = defaultdict(set)
    tags: defaultdict[str, int] = defaultdict(int)
    for group in groups:
        parameters = [parameter for _, _, operation in group for parameter in operation.get("parameters", ())]
        for parameter in parameters:
            variants[_name(parameter)].add(json.dumps(parameter))
        for name in {_name(parameter) for parameter in parameters}:
            tags[name] += 1
    return {name: json.loads(*texts) for name, texts in variants.items() if len(texts) == 1 and tags[name] > 1}


def _name(parameter: Json) -> str:
    return f"{parameter['in']} {parameter['name']}"


def _operation(path: str, method: str, operation: Json, common: Mapping[str, Json]) -> Iterator[str]:
    rest = dict(operation)
    name, permission = rest.pop("operationId"), rest.pop("x-permission", None)
    yield f"{method.upper()} {path}"
    yield f"  {name}" + (f", needs {permission}" if permission else "")
    yield from _text(rest.pop("description"), "  ")
    for parameter in rest.pop("parameters", ()):
        yield f"  {_name(parameter)}" if _name(parameter) in common else f"  {_parameter(parameter)}"
    for media_type, content in rest.pop("requestBody", {}).get("content", {}).items():
        yield f"  body {media_type}: {expression(content['schema'])}"
    failures = []
    for status, response in rest.pop("responses").items():
        if "$ref" in response:
            failures.append(status)
        else:
            yield f"  {status} {_response(response)}"
    yield f"  fails with {' '.join(failures)}"
    callers = [name for option in rest.pop("security", ()) for name in option]
    if callers != USUAL_CALLERS:
        yield f"  callers: {', '.join(callers) or 'anybody'}"
    del rest["tags"], rest["summary"]  # the file's name; made from operationId
    if rest:
        yield f"  {_json(rest)}"


def _response(response: Json) -> str:
    bodies = [
        expression(content["schema"]) if media_type == "application/json" else media_type
        for media_type, content in response.get("content", {}).items()
    ]
    headers = f"  headers {', '.join(response['headers'])}" if "headers" in response else ""
    about = "" if response["description"] == USUAL_DESCRIPTION else f"  -- {response['description']}"
    return f"{', '.join(bodies) or 'no body'}{headers}{about}"


def _parameter(parameter: Json) -> str:
    schema = parameter["schema"]
    optional = "" if parameter["required"] else "?"
    about = parameter.get("description", schema.get("description"))
    return f"{_name(parameter)}{optional}: {expression(schema)}" + (f"  -- {about}" if about else "")


def _schema(name: str, schema: Json) -> Iterator[str]:
    rest = {key: value for key, value in schema.items() if key not in DERIVED}
    about = rest.pop("description", "")
    if "properties" not in rest:
        yield f"{name} = {expression(rest)}"
        yield from _text(about, "  ")
        return
    fields, required, kind = rest.pop("properties"), rest.pop("required", []), rest.pop("type")
    closed = "" if rest.pop("additionalProperties", True) else ", no other fields"
    yield f"{name}: {kind}{closed}" + (f" {_json(rest)}" if rest else "")
    yield from _text(about, "  ")
    for field, value in fields.items():
        described = f"  -- {value['description']}" if "description" in value else ""
        yield f"  {field}{'' if field in required else '?'}: {expression(value)}{described}"


def expression(schema: Json) -> str:
    """A schema in one line: `string 1..120 | null`, `[AgentView]`, `integer 1..100 = 20`."""
    rest = {key: value for key, value in schema.items() if key not in DERIVED | {"description"}}
    text = _kind(rest)
    for low, high in (("minLength", "maxLength"), ("minimum", "maximum"), ("minItems", "maxItems")):
        if low in rest or high in rest:
            text += f" {rest.pop(low, '')}..{rest.pop(high, '')}"
    if "pattern" in rest:
        text += f" /{rest.pop('pattern')}/"
    if "default" in rest:
        text += f" = {_json(rest.pop('default'))}"
    return f"{text} {_json(rest)}" if rest else text


def _kind(rest: Json) -> str:
    """The type alone; takes what it has shown out of `rest`."""
    if "$ref" in rest:
        name = rest.pop("$ref").rpartition("/")[2]
        return _GENERIC.sub(r"\1[\2]", name)
    if "anyOf" in rest:
        return " | ".join(map(expression, rest.pop("anyOf")))
    kind = rest.pop("type", "anything")
    if "enum" in rest or "const" in rest:
        return " | ".join(map(_json, rest.pop("enum", None) or [rest.pop("const")]))
    if kind == "array" and "items" in rest:
        return f"[{expression(rest.pop('items'))}]"
    if kind == "object" and isinstance(rest.get("additionalProperties"), dict):
        return f"{{string: {expression(rest.pop('additionalProperties'))}}}"
    return str(rest.pop("format", kind))


def _shared(document: Json, common: Mapping[str, Json], names: list[str]) -> Iterator[Iterable[str]]:
    components = document["components"]
    yield [f"{document['info']['title']} {document['info']['version']}, OpenAPI {document['openapi']}"]
    yield _text(document["info"]["description"], "")
    yield [f"caller {name}: {_json(scheme)}" for name, scheme in components["securitySchemes"].items()]
    yield ["PARAMETERS", *(f"  {_parameter(common[name])}" for name in sorted(common))]
    yield ["HEADERS OF ANSWERS", *sorted(_headers(document))]
    for status, response in components["responses"].items():
        yield [status, *(f"  {line}" for line in response["description"].split("; "))]
    generic = [_generic(components["schemas"], kind) for kind in ("Envelope", "Page")]
    yield from (_schema(f"{kind}[T]", schema) for kind, schema in zip(("Envelope", "Page"), generic, strict=True))
    yield from (_schema(name, components["schemas"][name]) for name in sorted(names) if not _GENERIC.fullmatch(name))


def _generic(schemas: Json, kind: str) -> Json:
    """What all envelopes, or all pages, have in common; fails when one of them is different."""
    texts = set()
    for name, schema in schemas.items():
        match = _GENERIC.fullmatch(name)
        if match and match[1] == kind:
            text = json.dumps({key: value for key, value in schema.items() if key != "title"})
            texts.add(text.replace(f"#/components/schemas/{match[2]}", "#/components/schemas/T"))
    [common] = texts
    generic: Json = json.loads(common)
    return generic


def _headers(document: Json) -> set[str]:
    responses = (response for _, _, operation in operations(document) for response in operation["responses"].values())
    headers = (item for response in responses for item in response.get("headers", {}).items())
    return {f"  {name}: {expression(header['schema'])}  -- {header['description']}" for name, header in headers}


def _text(text: str, indent: str) -> list[str]:
    return [f"{indent}{line}".rstrip() for line in text.splitlines()]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

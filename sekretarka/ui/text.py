"""Words, numbers and times of the pages: `t("key")` for both languages, switched in the browser without a reload."""

import json
from typing import Any, Literal

import reflex as rx

from sekretarka.core.text.i18n import texts
from sekretarka.ui.reflex_internals import at_once, js
from sekretarka.ui.scripts import script

Value = str | int | float | bool | None | rx.Var[Any]
DateStyle = Literal["time", "seconds", "day", "short_weekday", "date", "month", "weekday", "full"]

_LIBRARY = script("text.jsx")


def _in_browser(expression: str, *functions: str, values: tuple[rx.Var[Any], ...] = ()) -> rx.Var[str]:
    """A string the browser computes; it changes when the language does."""
    imports = {_LIBRARY: ["useLang", *functions]}
    return js(expression, *values, imports=imports, hooks={"const lang = useLang();": None})


def _js(text: object) -> str:
    return json.dumps(text, ensure_ascii=False)


def in_browser(expression: str, function: str, *values: Value) -> rx.Var[Any]:
    """A JavaScript expression over `lang` and values (`{0}`, `{1}` …) that uses one function of text.jsx; a var of a
    list."""
    variables = tuple(rx.Var.create(value) for value in values)
    for index, value in enumerate(variables):
        expression = expression.replace(f"{{{index}}}", str(value))
    return _in_browser(expression, function, values=variables).to(list)


def t(key: str, **values: Value) -> rx.Var[str]:
    """The text of a key of locales/{pl,en}.json; `{name}` takes a value, the value `n` picks the plural form.
    `t("calls.title")`, `t("calls.live", n=State.live)`. Values may be plain or vars; `KeyError` for an unknown key."""
    english, polish = texts("en")[key], texts("pl")[key]
    choice = f"(lang === 'en' ? {_js(english)} : {_js(polish)})"
    if not values:
        return _in_browser(choice)
    variables = {name: rx.Var.create(value) for name, value in values.items()}
    pairs = ", ".join(f"{name}: {value!s}" for name, value in variables.items())
    return _in_browser(f"fill(lang, {choice}, {{{pairs}}})", "fill", values=tuple(variables.values()))


def localize(code: Value, prefix: str, *codes: str) -> rx.Var[str]:
    """The text of `prefix.<code>` for a code known only in the browser; `codes` lists every possible one, others are
    empty."""
    chosen = rx.Var.create(code)
    labels = {lang: {name: texts(lang)[f"{prefix}.{name}"] for name in codes} for lang in ("pl", "en")}
    return _in_browser(f"({_js(labels)}[lang][{chosen!s}] ?? '')", values=(chosen,))


def _call(function: str, *arguments: Value) -> rx.Var[str]:
    variables = tuple(rx.Var.create(argument) for argument in arguments)
    listed = ", ".join(["lang", *(str(argument) for argument in variables)])
    return _in_browser(f"{function}({listed})", function, values=variables)


def format_datetime(instant: Value, style: DateStyle = "full", zone: Value = None) -> rx.Var[str]:
    """An RFC 3339 instant on the 24-hour clock of a zone: `14:05`, `22 lis`, `niedziela, 22 listopada` …"""
    return _call("formatDateTime", instant, style, zone)


def relative_time(instant: Value, zone: Value = None) -> rx.Var[str]:
    """An instant as a table shows it: `14:05` today, `wczoraj 14:05`, `20 lis, 14:05`."""
    return _call("relativeTime", instant, zone)


def duration(seconds: Value) -> rx.Var[str]:
    """Seconds as `45 s`, `1 min 02 s`, `2 godz. 05 min`; a dash for nothing."""
    return _call("duration", seconds)


def number(value: Value, digits: int = 0) -> rx.Var[str]:
    """A number with the language's separators and so many decimals; a dash for nothing."""
    return _call("number", value, digits)


def percent(value: Value) -> rx.Var[str]:
    """`12%` of a number that is already in percent; a dash for nothing."""
    return _call("percent", value)


def money(amount: Value, currency: Value = "pln") -> rx.Var[str]:
    """Minor units as people write them: `120,00 zł`."""
    return _call("money", amount, currency)


def switch_language(to: Literal["pl", "en"]) -> rx.Var[Any]:
    """The handler that switches the page to the language at once, and stores it in the cookie."""
    return at_once(f"() => setLang('{to}')", imports={_LIBRARY: ["setLang"]})


class _Language(rx.Component):
    library = _LIBRARY
    tag = "Language"
    account: rx.Var[str]


class _FollowLanguage(rx.Component):
    library = _LIBRARY
    tag = "FollowLanguage"
    language: rx.Var[str]
    revision: rx.Var[int]


class _Elapsed(rx.Component):
    library = _LIBRARY
    tag = "Elapsed"
    since: rx.Var[str]


def language_keeper(account: Value = "", known: Value = False) -> rx.Component:
    """Once per page: keeps `<html lang>` right; a browser that never chose takes the account's language once
    `known`."""
    return _Language.create(account=rx.cond(known, account, ""))


def follow_language(language: Value, revision: Value) -> rx.Component:
    """Switches to `language` once `revision` has changed, that is after it was saved."""
    return _FollowLanguage.create(language=language, revision=revision)


def elapsed(since: Value, **props: Any) -> rx.Component:
    """A running clock since an RFC 3339 instant, `0:42`: the length of a live call."""
    return _Elapsed.create(since=since, **props)


def current_day(zone: Value) -> rx.Var[str]:
    """Today as the organization's calendar has it: `niedziela, 22 listopada`; empty until the browser knows."""
    today = js("today", imports={_LIBRARY: ["useToday"]}, hooks={"const today = useToday();": None})
    zone_var: rx.Var[Any] = rx.Var.create(zone)
    return _in_browser(
        f"(today ? formatDateTime(lang, today, 'weekday', {zone_var!s}) : '')",
        "formatDateTime",
        values=(today, zone_var),
    )


def current_language() -> rx.Var[str]:
    """`pl` or `en` as the browser has it, for a component that must know (a select's value)."""
    return _in_browser("lang")

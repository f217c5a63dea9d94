"""Signing in with Google and other providers: their buttons, their marks and their errors."""

from typing import Any

import reflex as rx

from sekretarka.core.runtime.openid import GOOGLE, OpenIdProvider
from sekretarka.core.runtime.settings import settings
from sekretarka.core.text.i18n import under
from sekretarka.ui.components.basics import Size, Text, button, cx, icon, spinner
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

_LIBRARY = script("components/providers.jsx")
# The G as Google has it, each part in its own colour.
_G = {
    "#4285f4": "M22.56 12.25c0-.78-.07-1.53-.2-2.25H12v4.26h5.92c-.26 1.37-1.04 2.53-2.21 3.31v2.77h3.57"
    "c2.08-1.92 3.28-4.74 3.28-8.09z",
    "#34a853": "M12 23c2.97 0 5.46-.98 7.28-2.66l-3.57-2.77c-.98.66-2.23 1.06-3.71 1.06-2.86 0-5.29-1.93-6.16-4.53"
    "H2.18v2.84C3.99 20.53 7.7 23 12 23z",
    "#fbbc05": "M5.84 14.1a6.6 6.6 0 0 1 0-4.2V7.07H2.18a11 11 0 0 0 0 9.86l3.66-2.83z",
    "#ea4335": "M12 5.38c1.62 0 3.06.56 4.21 1.64l3.15-3.15C17.45 2.09 14.97 1 12 1 7.7 1 3.99 3.47 2.18 7.07l3.66 2.84"
    "c.87-2.6 3.3-4.53 6.16-4.53z",
}


class _Provider(rx.Component):
    library = _LIBRARY


class _ProviderError(_Provider):
    tag = "ProviderError"
    labels: rx.Var[dict[str, str]]


class _ProviderButton(_Provider):
    tag = "ProviderButton"
    provider: rx.Var[str]
    callback_url: rx.Var[str]


def provider_mark(provider_id: str, size: int = 18) -> rx.Component:
    """Google's G, or a key for every other provider, `size` pixels wide."""
    if provider_id != GOOGLE:
        return icon("key_round", size)
    parts = [rx.el.path(d=path, fill=colour) for colour, path in _G.items()]
    return rx.el.svg(
        *parts, view_box="0 0 24 24", width=str(size), height=str(size), aria_hidden="true", class_name="shrink-0"
    )


def provider_error(*, linking: bool = False) -> rx.Component:
    """The sentence for the URL's `error`: what failed at a provider, on the way back, or with signing in at all."""
    labels = {code: t(f"sign_in_error.{code}") for code in under("sign_in_error.")} | {
        "offline": t("login.error.offline")
    }
    if linking:
        labels["OAuthAccountNotLinked"] = t("sign_in_with.taken")
    return _ProviderError.create(
        icon("circle_alert", 16, class_name="mt-px"),
        labels=labels,
        class_name="mb-4 flex items-start gap-2 rounded-md bg-danger-soft px-3 py-2.5 text-sm text-danger",
    )


def provider_buttons() -> rx.Component:
    """A button for each provider that is set up, under a form; nothing when there is none."""
    if not settings.openid_providers:
        return rx.fragment()
    line = rx.el.span(class_name="h-px flex-1 bg-border")
    return rx.el.div(
        rx.el.div(
            line, rx.el.span(t("sign_in_with.or")), line, class_name="flex items-center gap-3 text-sm text-muted"
        ),
        *(
            provider_button(provider, _label(provider), class_name="w-full h-10 max-sm:h-11")
            for provider in settings.openid_providers
        ),
        class_name="mt-5 flex flex-col gap-3",
    )


def provider_button(
    provider: OpenIdProvider,
    label: Text,
    *,
    callback_url: str = "",
    size: Size = "md",
    marked: bool = True,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """Goes to the provider; afterwards to `callback_url`, or where this page's `callbackUrl` says."""
    look = button("", variant="secondary", size=size).class_name
    return _ProviderButton.create(
        provider_mark(provider.id) if marked else rx.fragment(),
        spinner(),
        rx.el.span(label, class_name="truncate"),
        provider=provider.id,
        callback_url=callback_url,
        class_name=cx(str(look), class_name),
        **props,
    )


def _label(provider: OpenIdProvider) -> rx.Var[str]:
    return t("sign_in_with.google") if provider.id == GOOGLE else t("sign_in_with.other", name=provider.name)

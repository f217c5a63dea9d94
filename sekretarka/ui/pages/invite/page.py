"""Somebody opened the link of an invitation: who invites to what, and the way in."""

from typing import Any

import reflex as rx

from sekretarka.core.permissions import Role
from sekretarka.domain.accounts.passwords import MINIMUM
from sekretarka.ui.components.auth_forms import (
    auth_error,
    auth_field,
    auth_form,
    auth_page,
    auth_submit,
    new_password_field,
)
from sekretarka.ui.components.basics import Variant, button, cx, link_button, spinner, text_link
from sekretarka.ui.components.field import CONTROL
from sekretarka.ui.components.view_states import skeleton, skeleton_bar
from sekretarka.ui.page import public_page
from sekretarka.ui.scripts import script
from sekretarka.ui.text import t

_LIBRARY = script("pages/invite/invitation.jsx")
FORM_FAULTS = ("throttled", "offline", "unavailable")
OVER = ("unknown", "expired", "revoked", "accepted")
WAY_BACK = "/login?callbackUrl=/invite"


class _Invite(rx.Component):
    library = _LIBRARY


class _Invitation(_Invite):
    tag = "Invitation"


class _Face(_Invite):
    tag = "Face"
    faces: rx.Var[list[str]]


class _Said(_Invite):
    tag = "Said"
    text: rx.Var[str]
    roles: rx.Var[Any]


class _InvitedEmail(_Invite):
    tag = "InvitedEmail"


class _Act(_Invite):
    tag = "Act"
    what: rx.Var[str]
    label: rx.Var[str]


@public_page("/invite", t("invite.title"))
def page() -> rx.Component:
    """The page of /invite; the token stands behind the `#` of the link."""
    return auth_page(
        _Invitation.create(
            _face(
                "loading",
                skeleton(skeleton_bar("h-5 w-full"), skeleton_bar("h-10 w-full"), class_name="flex flex-col gap-4"),
            ),
            _face("accept", _asks(), _act("accept", "invite.accept")),
            _face("signIn", _asks(), _said("invite.has_account"), _way("invite.sign_in", WAY_BACK)),
            _face("register", _asks(), _registration()),
            _face("other", _said("invite.other"), _act("signOut", "invite.sign_out")),
            _face("member", _said("invite.member"), _way("invite.dashboard", "/dashboard")),
            *(_face(over, _said(f"invite.{over}"), _said("invite.ask_again", quiet=True)) for over in OVER),
            _face("throttled", _said("register.error.throttled"), _act("again", "common.retry", "secondary")),
            _face("offline", _said("register.error.offline"), _act("again", "common.retry", "secondary")),
        ),
        title=t("invite.title"),
        subtitle=t("invite.subtitle"),
        footer=rx.fragment(t("invite.own"), " ", text_link(t("login.register"), "/register")),
    )


def _face(name: str, *children: rx.Component) -> rx.Component:
    return _Face.create(*children, faces=[name])


def _said(key: str, *, quiet: bool = False) -> rx.Component:
    return _Said.create(text=t(key), class_name="text-base text-muted" if quiet else "text-base")


def _asks() -> rx.Component:
    roles = {str(role): t(f"role.{role}") for role in Role}
    return rx.el.div(
        _Said.create(text=t("invite.asks"), class_name="text-lg font-medium text-balance"),
        _Said.create(text=t("invite.as"), roles=roles, class_name="text-base text-muted"),
        class_name="flex flex-col gap-1 rounded-lg bg-sunken px-4 py-3",
    )


def _act(what: str, key: str, variant: Variant = "primary") -> rx.Component:
    look = str(button("", variant=variant).class_name)
    return _Act.create(spinner(), what=what, label=t(key), class_name=cx(look, "w-full h-10 max-sm:h-11"))


def _way(key: str, to: str) -> rx.Component:
    return link_button(t(key), to=to, variant="primary", class_name="w-full h-10 max-sm:h-11")


def _registration() -> rx.Component:
    return auth_form(
        auth_error({"link": t("invite.ended"), **{code: t(f"register.error.{code}") for code in FORM_FAULTS}}),
        rx.el.div(
            rx.el.label(t("auth_form.email"), html_for="email", class_name="text-sm font-medium"),
            _InvitedEmail.create(class_name=cx(CONTROL, "h-10 max-sm:h-11 read-only:bg-sunken")),
            class_name="flex flex-col gap-1.5",
        ),
        auth_field(t("register.name"), "name", labels={}, autocomplete="name"),
        new_password_field(t("auth_form.password"), shortest=MINIMUM),
        auth_submit(t("invite.register")),
        kind="registerInvited",
        action="/api/auth/invitation/register",
    )

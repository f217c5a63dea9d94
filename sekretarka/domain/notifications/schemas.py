"""Inputs and outputs of notification preferences."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from sekretarka.core.web.schemas import OutputInstant, Patch, VersionedView
from sekretarka.domain.notifications.models import CallScope
from sekretarka.domain.organizations.hours import LocalTime


class NotificationPreferencesPatch(Patch):
    """Merge patch of one's own preferences."""

    email_calls: CallScope = CallScope.NONE
    sms_calls: CallScope = CallScope.NONE
    app_calls: CallScope = CallScope.TO_DO
    digest: Annotated[bool, Field(strict=True)] = False
    quiet_from: LocalTime = "21:00"
    quiet_to: LocalTime = "08:00"


class NotificationPreferencesView(VersionedView):
    """What the signed-in user is told by the organization: of which calls by e-mail, by SMS (to the number of the
    profile) and in an open dashboard (`appCalls`), and the `digest` of the evening. From `quietFrom` to `quietTo` SMS
    wait and the dashboard shows nothing, unless a call is urgent."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    email_calls: CallScope
    sms_calls: CallScope
    app_calls: CallScope
    digest: bool
    quiet_from: LocalTime
    quiet_to: LocalTime

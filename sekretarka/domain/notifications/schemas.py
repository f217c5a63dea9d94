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
    digest: Annotated[bool, Field(strict=True)] = False
    quiet_from: LocalTime = "21:00"
    quiet_to: LocalTime = "08:00"


class NotificationPreferencesView(VersionedView):
    """What the signed-in user is told by the organization: of which calls by e-mail and by SMS (to the number of the
    profile), and the `digest` of the evening. SMS wait from `quietFrom` to `quietTo` unless a call is urgent."""

    id: UUID
    organization_id: UUID
    version: int
    created_at: OutputInstant
    updated_at: OutputInstant
    email_calls: CallScope
    sms_calls: CallScope
    digest: bool
    quiet_from: LocalTime
    quiet_to: LocalTime

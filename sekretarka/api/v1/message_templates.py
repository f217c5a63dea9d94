"""`/message-templates`: the texts of the messages that are sent by themselves."""

from fastapi import APIRouter

from sekretarka.api.route import TransactionalRoute, WithUnitOfWork, requires
from sekretarka.core.permissions import Permission
from sekretarka.domain.templates import service as templates
from sekretarka.domain.templates.models import Template
from sekretarka.domain.templates.schemas import (
    TemplatePatch,
    TemplatePreview,
    TemplatePreviewView,
    TemplatesView,
    TemplateView,
)
from sekretarka.http.responses import Envelope

router = APIRouter(prefix="/message-templates", tags=["messages"], route_class=TransactionalRoute)
READ, WRITE = requires(Permission.MESSAGES_READ), requires(Permission.ORGANIZATIONS_WRITE)


@router.get("", openapi_extra=READ)
async def list_message_templates(uow: WithUnitOfWork) -> Envelope[TemplatesView]:
    """Every template, in the order of an appointment's life."""
    return Envelope(data=TemplatesView(templates=[templates.view(row) for row in await templates.find(uow)]))


@router.get("/{template}", openapi_extra=READ)
async def get_message_template(uow: WithUnitOfWork, template: Template) -> Envelope[TemplateView]:
    """One template, by its name."""
    return Envelope(data=templates.view(await templates.get(uow, template)))


@router.patch("/{template}", openapi_extra=WRITE)
async def update_message_template(
    uow: WithUnitOfWork, template: Template, patch: TemplatePatch
) -> Envelope[TemplateView]:
    """Merge patch. Texts may say `{client}` and the other `variables`; 422 for what is none of them. `null` is the
    default again."""
    return Envelope(data=templates.view(await templates.update(uow, template, patch)))


@router.delete("/{template}", openapi_extra=WRITE)
async def reset_message_template(uow: WithUnitOfWork, template: Template) -> Envelope[TemplateView]:
    """The default texts again, in both languages."""
    return Envelope(data=templates.view(await templates.reset(uow, template)))


@router.post("/{template}/preview", openapi_extra=READ)
async def preview_message_template(
    uow: WithUnitOfWork, template: Template, data: TemplatePreview
) -> Envelope[TemplatePreviewView]:
    """A template filled in for one appointment, or the next one: its text, and how many SMS it takes. `subject` and
    `body` try out texts that are not stored."""
    return Envelope(data=await templates.preview(uow, template, data))

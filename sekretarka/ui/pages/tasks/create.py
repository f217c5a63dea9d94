"""The dialog for a task of one's own."""

from collections.abc import Sequence
from typing import ClassVar

import reflex as rx
from reflex.event import EventSpec

from sekretarka.core.permissions import Permission
from sekretarka.domain.conversations.models import Urgency
from sekretarka.domain.tasks import service as tasks
from sekretarka.domain.tasks.schemas import TaskCreate
from sekretarka.ui.components.field import choice_field, text_area
from sekretarka.ui.create_dialog import CreateDialogState, create_dialog
from sekretarka.ui.errors import form_handler, form_input, notify
from sekretarka.ui.pages.tasks.query_params import UrlState
from sekretarka.ui.pages.tasks.state import TasksState
from sekretarka.ui.session import Form, secured, write_uow
from sekretarka.ui.state_vars import state_vars
from sekretarka.ui.text import t


class CreateTaskState(CreateDialogState, rx.State):
    """Open while the URL asks for it."""

    _closed_path: ClassVar = UrlState.PATH

    @secured(Permission.TASKS_READ)
    def load(self) -> None:
        """Open the dialog if the URL asks for it."""
        self.creating = UrlState.read(self.router.url.query_parameters).new
        self.field_errors = {}

    @secured(Permission.TASKS_WRITE)
    @form_handler()
    async def create(self, form: Form) -> Sequence[EventSpec]:
        """Store a new task."""
        await write_uow(tasks.create, TaskCreate.model_validate(form_input(TaskCreate, form)))
        return [rx.redirect(UrlState.PATH), notify("tasks.created", toast_id="made")]


def new_task() -> rx.Component:
    """The dialog."""
    state, listed = state_vars(CreateTaskState), state_vars(TasksState)
    member = [rx.foreach(listed.members, lambda member: rx.el.option(member["name"], value=member["id"]))]
    return create_dialog(
        state,
        text_area(t("tasks.what"), "note", rows=3, auto_focus=True, errors=state.field_errors),
        rx.el.div(
            choice_field(
                t("conversations.urgency"),
                "urgency",
                {str(code): t(f"urgency.{code}") for code in Urgency},
                default_value=str(Urgency.NORMAL),
            ),
            choice_field(t("conversations.assignee"), "assigneeId", {"": t("conversations.nobody")}, extra=member),
            class_name="grid grid-cols-2 gap-4 max-sm:grid-cols-1",
        ),
        name="task.new",
        title=t("tasks.add_title"),
        action=t("tasks.add"),
        on_submit=state.create,
    )

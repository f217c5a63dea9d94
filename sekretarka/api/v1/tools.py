"""`/tools`: what the AI does for a caller during a call."""

from fastapi import APIRouter
from starlette.responses import Response

from sekretarka.api import deferred_tools as deferred_tools
from sekretarka.api import errors
from sekretarka.api.bodies import JsonRequest
from sekretarka.api.replies import Data
from sekretarka.api.route import Handler, InScope, needs
from sekretarka.api.signed import Signed
from sekretarka.core.actor import Actor
from sekretarka.core.errors import Invalid
from sekretarka.core.permissions import Permission
from sekretarka.core.web.validation import checked
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.receptionist import service as receptionist
from sekretarka.domain.receptionist.schemas import ToolAnswer, ToolCall


class Tool(Signed):
    """Answers within a second or two, if only with the words to hold the line."""

    async def inside(self, actor: Actor, request: JsonRequest, inner: Handler) -> Response:
        asked = _asked(request)
        work = super().inside(actor, request, inner)
        if asked is None:
            return await work
        answer = await deferred_tools.respond_within(actor, *asked, work)
        if isinstance(answer, ToolAnswer):
            return Response(Data(data=answer).model_dump_json(by_alias=True), media_type=errors.JSON)
        return answer


def _asked(request: JsonRequest) -> tuple[Capability, ToolCall] | None:
    """What is to be used; None where the route itself has words for what is wrong."""
    try:
        return Capability(request.path_params["tool"]), checked(ToolCall, request.decoded)
    except (ValueError, Invalid):
        return None


router = APIRouter(prefix="/tools", tags=["tools"], route_class=Tool)


@router.post("/{tool}", openapi_extra=needs(Permission.TOOLS_USE))
async def use_tool(uow: InScope, tool: Capability, data: ToolCall) -> Data[ToolAnswer]:
    """Use one of the agent's capabilities. What cannot be done is no error: `data.code` has why, `say` the words."""
    return Data(data=await receptionist.use(uow, tool, data))

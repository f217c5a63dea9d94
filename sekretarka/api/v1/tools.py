"""`/tools`: what the AI does for a caller during a call."""

from fastapi import APIRouter

from sekretarka.api.replies import Data
from sekretarka.api.route import InScope, needs
from sekretarka.api.signed import Signed
from sekretarka.core.permissions import Permission
from sekretarka.domain.agents.models import Capability
from sekretarka.domain.receptionist import service as receptionist
from sekretarka.domain.receptionist.schemas import ToolAnswer, ToolCall

router = APIRouter(prefix="/tools", tags=["tools"], route_class=Signed)


@router.post("/{tool}", openapi_extra=needs(Permission.TOOLS_USE))
async def use_tool(scope: InScope, tool: Capability, data: ToolCall) -> Data[ToolAnswer]:
    """Use one of the agent's capabilities. What cannot be done is no error: `data.code` has why, `say` the words."""
    return Data(data=await receptionist.use(scope, tool, data))

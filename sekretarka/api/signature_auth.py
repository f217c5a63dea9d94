"""A write that the AI service may sign instead of sending a key: the same signature as its webhooks carry."""

from uuid import UUID

from sekretarka.api import authentication
from sekretarka.api.route import TransactionalRoute
from sekretarka.core.actor import Actor
from sekretarka.core.errors import AppError, InvalidSignature
from sekretarka.core.runtime import clock
from sekretarka.core.runtime.settings import settings
from sekretarka.core.web import json, rate_limiter, rate_policies, standard_webhooks
from sekretarka.domain.agents import connections
from sekretarka.domain.agents.connections import Endpoint
from sekretarka.domain.agents.rejected_deliveries import rejected
from sekretarka.http.bodies import JsonRequest, read_body


class SignatureRoute(TransactionalRoute):
    """Takes a signature over the raw body for a credential: the secret of the agent that the body names, or ours."""

    async def caller(self, request: JsonRequest) -> Actor:
        caller: authentication.Caller = request.state.caller
        if standard_webhooks.SIGNATURE_HEADER not in request.headers or "authorization" in request.headers:
            return await super().caller(request)
        caller = authentication.Caller(await _verified_actor(request))
        request.state.caller = caller
        return caller.actor


async def _verified_actor(request: JsonRequest) -> Actor:
    """The endpoint that signed; whatever is wrong, there is one answer."""
    body = await read_body(request)
    endpoint = await _endpoint_of(body)
    own_secret = settings.ai_service_secret
    secrets = [*endpoint.secrets, *([own_secret.get_secret_value()] if own_secret else [])]
    try:
        standard_webhooks.verify(secrets, request.headers, body, clock.now())
    except InvalidSignature as error:
        rejected.count(endpoint.id, error.code)
        raise
    await rate_limiter.check(rate_policies.webhook(), str(endpoint.id), request.state.headers)
    return endpoint.actor


async def _endpoint_of(body: bytes) -> Endpoint:
    try:
        agent_id = UUID(json.decode(body)["agentId"])
        return await connections.endpoint_of_agent(agent_id)
    except (AppError, ValueError, TypeError, KeyError, AttributeError):
        rejected.count(None, InvalidSignature.code)
        raise InvalidSignature from None

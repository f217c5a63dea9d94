"""What the routes of mailed links do: count the attempt, then act in one transaction."""

from sekretarka.core.actor import system
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.accounts import login_throttling
from sekretarka.domain.auth import invitation_signup, recovery, verification
from sekretarka.domain.auth.invitation_signup import InvitationSignup
from sekretarka.domain.auth.recovery import Forgotten, PasswordReset
from sekretarka.domain.auth.registration import Registered
from sekretarka.domain.auth.verification import Verification


async def ask_for_reset(email: str, network: str) -> None:
    """A link that sets a new password."""
    await login_throttling.count_request(recovery.PURPOSE, network)
    async with begin(system(), write=True) as uow:
        await recovery.request_reset(uow, Forgotten(email=email))


async def set_password(data: PasswordReset, network: str) -> None:
    """Use it."""
    password_hash = await recovery.prepare(data, network)
    async with begin(system(), write=True) as uow:
        await recovery.reset(uow, data, password_hash)


async def ask_for_verification(email: str, network: str) -> None:
    """A link that proves an address."""
    await login_throttling.count_request(verification.PURPOSE, network)
    async with begin(system(), write=True) as uow:
        await verification.request_link(uow, email)


async def verify(data: Verification, network: str) -> None:
    """Use it."""
    await login_throttling.count_request(verification.PURPOSE, network)
    async with begin(system(), write=True) as uow:
        await verification.verify(uow, data)


async def join(data: InvitationSignup, network: str) -> Registered:
    """An account by invitation."""
    password_hash = await invitation_signup.prepare(data, network)
    async with begin(system(), write=True) as uow:
        return await invitation_signup.register(uow, data, password_hash)

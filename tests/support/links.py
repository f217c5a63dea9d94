"""What the routes of mailed links do: count the attempt, then act in one transaction."""

from sekretarka.core.actor import system
from sekretarka.core.database.unit_of_work import begin
from sekretarka.domain.accounts import recovery, throttles, verification
from sekretarka.domain.accounts.recovery import Forgotten, PasswordReset
from sekretarka.domain.accounts.verification import Verification
from sekretarka.domain.organizations import joining
from sekretarka.domain.organizations.joining import Joining
from sekretarka.domain.organizations.registration import Registered


async def ask_for_reset(email: str, network: str) -> None:
    """A link that sets a new password."""
    await throttles.admit(recovery.PURPOSE, network)
    async with begin(system(), write=True) as uow:
        await recovery.ask(uow, Forgotten(email=email))


async def set_password(data: PasswordReset, network: str) -> None:
    """Use it."""
    password_hash = await recovery.admit(data, network)
    async with begin(system(), write=True) as uow:
        await recovery.set_password(uow, data, password_hash)


async def ask_for_verification(email: str, network: str) -> None:
    """A link that proves an address."""
    await throttles.admit(verification.PURPOSE, network)
    async with begin(system(), write=True) as uow:
        await verification.ask_again(uow, email)


async def verify(data: Verification, network: str) -> None:
    """Use it."""
    await throttles.admit(verification.PURPOSE, network)
    async with begin(system(), write=True) as uow:
        await verification.verify(uow, data)


async def join(data: Joining, network: str) -> Registered:
    """An account by invitation."""
    password_hash = await joining.admit(data, network)
    async with begin(system(), write=True) as uow:
        return await joining.register(uow, data, password_hash)

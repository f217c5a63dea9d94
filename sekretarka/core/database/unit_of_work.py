"""One actor, one organization, one transaction: the only way to the database for everything above `core`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from sekretarka.core.actor import Actor
from sekretarka.core.database import db_errors, edits, engine, etags, live_events, tenancy
from sekretarka.core.database.jobs import Job, JobPayload, JobState
from sekretarka.core.database.models import Table, TenantTable, new_id
from sekretarka.core.errors import Forbidden, NotFound, Unauthenticated, Unavailable
from sekretarka.core.events import Event
from sekretarka.core.permissions import Permission
from sekretarka.core.runtime import clock, crypto, wakeup
from sekretarka.core.text import phone

Row = TypeVar("Row", bound=Table)
Tenant = TypeVar("Tenant", bound=TenantTable)
Entity = TypeVar("Entity", bound=SQLModel)
Value = TypeVar("Value")
EventHandler = Callable[["UnitOfWork", Any], Awaitable[None]]

GET_OR_INSERT_TRIES = 10
# Filled once per process by `domain/event_handlers.py`.
event_handlers: dict[type[Event], tuple[EventHandler, ...]] = {}
_open: ContextVar["UnitOfWork | None"] = ContextVar("open_unit_of_work", default=None)


class ReadOnlyUnitOfWorkError(RuntimeError):
    """A programming error: something was written in a unit of work begun for reading."""


def is_open() -> bool:
    """Whether this task holds a transaction, in which case nothing may go out over the network."""
    return _open.get() is not None


class UnitOfWork:
    """What a service gets as its first argument. Begun by entry points only, through `begin`.

    Without `write` the methods that change something raise `ReadOnlyUnitOfWorkError`. `now` is its UTC time, the same
    for all that it writes.
    """

    def __init__(self, actor: Actor, session: AsyncSession, *, write: bool, is_sqlite: bool) -> None:
        self.actor = actor
        self.write = write
        self.is_sqlite = is_sqlite
        self.now: datetime = clock.now()
        self.precondition: etags.Precondition | None = None
        self._session = session
        self._live: list[tuple[str, dict[str, Any]]] = []
        session.sync_session.info[edits.ACTOR] = actor
        self._changed: set[UUID] = session.sync_session.info.setdefault(tenancy.CHANGED, set())
        self._after_commit: list[Callable[[], Awaitable[None]]] = []

    # who

    @property
    def organization_id(self) -> UUID:
        """The organization this unit of work is limited to; `Unauthenticated` or `NotFound` when there is none."""
        if self.actor.organization_id is None:
            raise Unauthenticated() if self.actor.kind == "anonymous" else NotFound()
        return self.actor.organization_id

    @property
    def user_id(self) -> UUID:
        """The signed-in user; `Unauthenticated` for nobody, `Forbidden` for a key or a machine."""
        if self.actor.user_id is None:
            raise Unauthenticated() if self.actor.kind == "anonymous" else Forbidden()
        return self.actor.user_id

    def require(self, permission: Permission) -> None:
        """Raise unless the actor may do this: `Unauthenticated` for nobody, `Forbidden` for the rest."""
        if self.actor.kind == "anonymous":
            raise Unauthenticated
        if permission not in self.actor.permissions:
            raise Forbidden

    # read

    def select(self, model: type[Tenant]) -> SelectOfScalar[Tenant]:
        """A SELECT limited to the organization; raises as `organization_id` does."""
        return select(model).where(model.organization_id == self.organization_id)

    def unscoped(self, statement: SelectOfScalar[Value]) -> SelectOfScalar[Value]:
        """Lift the limit for the system itself (worker, sign-in); `UnscopedQueryError` for every other actor."""
        if self.actor.kind != "system":
            raise tenancy.UnscopedQueryError("only the system reads across organizations")
        return statement.execution_options(**{tenancy.UNSCOPED: True})

    async def one_or_none(self, statement: SelectOfScalar[Entity]) -> Entity | None:
        """The first row or None; `PreconditionFailed` when it is locked and not in the state the caller demands. A
        locked row is read anew, whatever was read of it before the lock."""
        statement = await self._read_anew(statement.limit(1))
        row = (await self._session.execute(statement)).scalars().first()
        if self.precondition is not None and statement._for_update_arg is not None:
            self.precondition.check(row)
        return row

    def check_precondition(self, row: Table) -> None:
        """`PreconditionFailed` if the caller demands another state of this locked row, whose id is not in the path."""
        if self.precondition is not None:
            self.precondition.check_row(row)

    async def list(self, statement: SelectOfScalar[Entity]) -> Sequence[Entity]:
        """Every row; locked ones are read anew, as by `one_or_none`."""
        return (await self._session.execute(await self._read_anew(statement))).scalars().all()

    async def _read_anew(self, statement: SelectOfScalar[Entity]) -> SelectOfScalar[Entity]:
        """What this unit of work changed in rows and has not sent yet would be lost with what was read of them."""
        if statement._for_update_arg is None:
            return statement
        await self._session.flush()
        return statement.execution_options(populate_existing=True)

    async def get(self, model: type[Tenant], row_id: UUID, *, lock: bool = False) -> Tenant:
        """The organization's row of that id or `NotFound`, the same for foreign and never-existing ids."""
        statement = self.select(model).where(model.id == row_id)
        row = await self.one_or_none(statement.with_for_update() if lock else statement)
        if row is None:
            raise NotFound
        return row

    async def count(self, statement: SelectOfScalar[Any]) -> int:
        """How many rows a SELECT has."""
        counted = sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())
        return int((await self._session.execute(counted)).scalar_one())

    async def execute(self, statement: Any, rows: Sequence[dict[str, Any]] | None = None) -> Any:
        """The result of any other statement (aggregates, UPDATE … RETURNING); `rows` are its parameters, many at once.
        `UnscopedQueryError` when it reads or changes an organization's table without comparing its organization.
        """
        if getattr(statement, "is_dml", False) and self.actor.organization_id is not None:
            self._changed.add(self.actor.organization_id)
        return await self._session.execute(statement, rows)

    # write

    def add(self, row: Entity) -> Entity:
        """Insert at the next flush and return the row; a tenant row without `organization_id` gets the actor's."""
        self._ensure_writable()
        if isinstance(row, TenantTable) and getattr(row, "organization_id", None) is None:
            row.organization_id = self.organization_id
        self._session.add(row)
        return row

    def bump_version(self, row: Row) -> Row:
        """Add 1 to `version` and move `updated_at` of a row that was altered in this unit of work; returns it."""
        self._ensure_writable()
        row.version += 1
        row.updated_at = etags.next_instant(row.updated_at, self.now)
        self._session.add(row)
        return row

    async def delete(self, row: SQLModel) -> None:
        """Delete at the next flush."""
        self._ensure_writable()
        await self._session.delete(row)

    async def flush(self) -> None:
        """Send pending writes now; `IntegrityError` of SQLAlchemy when they violate a constraint."""
        self._ensure_writable()
        await self._session.flush()

    def insert(self, model: type[SQLModel] | sa.Table) -> Any:
        """An INSERT with ON CONFLICT, in the dialect of this database."""
        self._ensure_writable()
        return sqlite.insert(model) if self.is_sqlite else postgresql.insert(model)

    async def get_or_insert(
        self, find: Callable[[], Awaitable[Entity | None]], fresh: Entity, unique: Sequence[str]
    ) -> tuple[Entity, bool]:
        """`(row, created)`: the row that `find` returns, else `fresh`, whose columns `unique` no other row may share.

        What another transaction inserts, changes or deletes between the two is met by trying again; `Unavailable` when
        that happens `GET_OR_INSERT_TRIES` times in a row.
        """
        model = type(fresh)
        insert = self.insert(model).values(fresh.model_dump()).on_conflict_do_nothing(index_elements=unique)
        for _ in range(GET_OR_INSERT_TRIES):
            row = await find()
            if row is not None:
                return row, False
            created: Entity | None = (await self.execute(insert.returning(model))).scalars().first()
            if created is not None:
                return created, True
        raise Unavailable

    async def try_advisory_lock(self, name: str) -> bool:
        """Whether this transaction alone now holds `name` until it ends; on SQLite every writer is alone already."""
        self._ensure_writable()
        if self.is_sqlite:
            return True
        lock = sa.select(sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(name, 0)))
        return bool((await self._session.execute(lock)).scalar_one())

    async def wait_for_advisory_lock(self, name: str) -> None:
        """Wait for a lock of any name, held until the transaction ends; SQLite has one writer in any case."""
        self._ensure_writable()
        if not self.is_sqlite:
            await self._session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))

    def savepoint(self) -> Any:
        """`async with uow.savepoint():` rolls back only what is inside when it raises."""
        return self._session.begin_nested()

    async def dispatch(self, event: Event) -> None:
        """Run the event's handlers inside this transaction, one after another; what they raise is raised."""
        self._ensure_writable()
        for handle in event_handlers.get(type(event), ()):
            await handle(self, event)

    async def enqueue(self, payload: JobPayload, *, run_after: datetime | None = None, key: str | None = None) -> None:
        """Have a worker run the payload's job (`jobs/registry.py`) once this is committed, not before `run_after`.

        It belongs to the actor's organization. A `key` of at most 200 characters makes repeats one job, also when that
        is done already.
        """
        self._ensure_writable()
        job = Job(
            id=new_id(),
            created_at=self.now,
            updated_at=self.now,
            name=payload.job_name,
            lane=payload.lane,
            key=key,
            organization_id=self.actor.organization_id,
            payload=crypto.encrypt(payload.model_dump_json()),
            run_after=run_after or self.now,
        )
        await self.execute(self.insert(Job).values(job.model_dump()).on_conflict_do_nothing(index_elements=["key"]))
        self.after_commit(lambda: wakeup.current().notify(wakeup.JOBS))

    async def cancel_job(self, key: str) -> bool:
        """Take back the job of that key; False when it is done, dead or was never there.

        Its key is free again. If a worker is running it, that worker stops within `RENEW_SECONDS` (`jobs/runner.py`).
        """
        self._ensure_writable()
        pending = sa.delete(Job).where(col(Job.key) == key, col(Job.state) == JobState.PENDING)
        return bool((await self.execute(pending)).rowcount)

    def notify_live(self, name: str, data: dict[str, Any]) -> None:
        """Tell the organization's open dashboards and streams of `data`, a JSON object, after the commit and in commit
        order; the same name and data only once."""
        self._ensure_writable()
        if (name, data) not in self._live:
            self._live.append((name, data))

    def after_commit(self, call: Callable[[], Awaitable[None]]) -> None:
        """Run `call` after the commit, not after a rollback; it must not raise."""
        self._after_commit.append(call)

    def _ensure_writable(self) -> None:
        if not self.write:
            raise ReadOnlyUnitOfWorkError("begin it with write=True")

    async def _advance_cursors(self) -> None:
        """Count the change and number the live events as the last statements before the commit."""
        if not self.write:
            return
        await self._session.flush()
        if self._live:
            self._changed.add(self.organization_id)
        for changed in sorted(self._changed):  # always in the same order: two commits never wait for each other
            head = await self._count_change(changed, len(self._live) if changed == self.actor.organization_id else 0)
            if self._live and changed == self.actor.organization_id:
                await self._write_live_events(changed, head)

    async def _count_change(self, organization_id: UUID, live: int) -> int:
        upsert = live_events.advance_cursor(is_sqlite=self.is_sqlite)
        return int((await self._session.execute(upsert, {"whose": organization_id, "live": live})).scalar_one())

    async def _write_live_events(self, organization_id: UUID, head: int) -> None:
        first = head - len(self._live) + 1
        rows = [
            {
                "organization_id": organization_id,
                "sequence": first + i,
                "name": name,
                "data": data,
                "created_at": self.now,
            }
            for i, (name, data) in enumerate(self._live)
        ]
        await self._session.execute(sa.insert(live_events.EVENTS), rows)
        self.after_commit(lambda: wakeup.current().notify(wakeup.live_channel(organization_id)))


@asynccontextmanager
async def begin(actor: Actor, *, write: bool = False) -> AsyncIterator[UnitOfWork]:
    """One transaction: commits at the end, rolls back on any exception, then runs what waits for the commit.
    Raises `Unavailable` when the database is away or overloaded, `RuntimeError` inside another unit of work.
    """
    if is_open():
        raise RuntimeError("a unit of work is open already: only entry points begin one")
    database = engine.current()
    async with database.write_lock if write and database.is_sqlite else nullcontext():
        try:
            session = await database.begin(write=write)
        except (*db_errors.TRANSIENT_ERRORS, OSError) as error:
            if not db_errors.is_transient(error):
                raise
            raise Unavailable from error
        uow = UnitOfWork(actor, session, write=write, is_sqlite=database.is_sqlite)
        token, home = _open.set(uow), phone.default_region.set(actor.country)
        try:
            yield uow
            await uow._advance_cursors()
            await session.commit()
        except db_errors.TRANSIENT_ERRORS as error:
            await _rollback(session)
            if not db_errors.is_transient(error):
                raise
            raise Unavailable from error
        except BaseException:
            await _rollback(session)
            raise
        finally:
            _open.reset(token)
            phone.default_region.reset(home)
            await session.close()
    for call in uow._after_commit:
        await call()


async def _rollback(session: AsyncSession) -> None:
    try:
        await session.rollback()
    except (DBAPIError, OSError):
        await session.invalidate()  # the connection died with the transaction; there is nothing left to undo

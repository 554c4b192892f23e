"""What a house decides for itself: small typed values by key, and what is kept of its facts from page to page."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import JSON, String, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fablab.db import Model
from fablab.ready import rows

T = TypeVar("T")


class HouseSetting(Model):
    """One value set by the house, with the mark of where it comes from."""

    __tablename__ = "house_setting"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    data_status: Mapped[str] = mapped_column(String(20), default="invented")


class HouseMark(Model):
    """One row: a word by chance that the database itself changes with any change of the house's own facts.

    Those are its places, hours, holidays, resources, machines, badges and settings (migration «house_mark»).
    """

    __tablename__ = "house_mark"
    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(40))


_MARK = select(HouseMark.__table__.c.mark)
#: the mark, for a statement that every page asks anyway
MARK = _MARK.scalar_subquery()
_kept: dict[Callable[[Session], Any], tuple[str, Any]] = {}


def kept(session: Session, reading: Callable[[Session], T]) -> T:
    """What ``reading`` gives (plain frozen values of the house's own facts), read again only when they changed.

    The mark is looked at once a transaction, and again once something was written in it.
    """
    mark = _mark(session)
    known = _kept.get(reading)
    if known is None or known[0] != mark:
        # Marks are by chance: that of a change rolled back never comes again, nor that of another database.
        known = _kept[reading] = mark, reading(session)
    found: T = known[1]
    return found


def look_again(session: Session) -> None:
    """Look at the mark anew when it is next asked for: what was read earlier in this transaction may be old.

    PostgreSQL shows what others have committed since; the mark kept for the transaction would not.
    """
    session.info.pop("house_mark", None)


def noticed(session: Session, mark: str) -> None:
    """The mark was read along with something else in this transaction: it need not be asked for."""
    session.info["house_mark"] = session.get_transaction(), mark


def _mark(session: Session) -> str:
    if session.autoflush and session.info.get("writing"):
        session.flush()  # what is changed and not yet written would leave the old mark standing
    seen: tuple[object, str] | None = session.info.get("house_mark")
    transaction = session.get_transaction()
    if seen is None or seen[0] is not transaction or transaction is None:
        mark = str(rows(session, _MARK)[0].mark)
        noticed(session, mark)
        return mark
    return seen[1]


@event.listens_for(Session, "after_flush")
@event.listens_for(Session, "after_bulk_update")
@event.listens_for(Session, "after_bulk_delete")
@event.listens_for(Session, "after_soft_rollback")  # a savepoint given up brings the mark before it back
def _forget_mark(*changed: Any) -> None:
    look_again(changed[0] if isinstance(changed[0], Session) else changed[0].session)


def read(session: Session, *keys: str) -> dict[str, Any]:
    """The values of these keys in one statement; a key nobody set is absent."""
    found = session.execute(select(HouseSetting.key, HouseSetting.value).where(HouseSetting.key.in_(keys)))
    return {key: value for key, value in found}


def settings(session: Session) -> dict[str, Any]:
    """Every value that the house has set, by key, as kept."""
    return kept(session, _every_setting)


def read_prefix(session: Session, prefix: str) -> dict[str, Any]:
    """All values whose key starts with ``prefix`` and a dot, without the prefix, as kept."""
    every = settings(session).items()
    return {key[len(prefix) + 1 :]: value for key, value in every if key.startswith(prefix + ".")}


def _every_setting(session: Session) -> dict[str, Any]:
    return {key: value for key, value in session.execute(select(HouseSetting.key, HouseSetting.value))}


def write(session: Session, key: str, value: Any, *, data_status: str = "invented") -> None:
    """Set one value, in the caller's transaction."""
    session.merge(HouseSetting(key=key, value=value, data_status=data_status))


def is_demo(session: Session) -> bool:
    """Whether this database was made for demonstration: log-ins are then public."""
    return bool(settings(session).get("demo"))

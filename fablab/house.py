"""What a house decides for itself: small typed values by key, and whether the house is a demonstration."""

from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from fablab.db import Model


class HouseSetting(Model):
    """One value set by the house, with the mark of where it comes from."""

    __tablename__ = "house_setting"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    data_status: Mapped[str] = mapped_column(String(20), default="invented")


def read(session: Session, *keys: str) -> dict[str, Any]:
    """The values of these keys in one statement; a key nobody set is absent."""
    found = session.execute(select(HouseSetting.key, HouseSetting.value).where(HouseSetting.key.in_(keys)))
    return {key: value for key, value in found}


def read_prefix(session: Session, prefix: str) -> dict[str, Any]:
    """All values whose key starts with ``prefix`` and a dot, without the prefix."""
    found = session.execute(
        select(HouseSetting.key, HouseSetting.value).where(HouseSetting.key.startswith(prefix + ".", autoescape=True))
    )
    return {key[len(prefix) + 1 :]: value for key, value in found}


def write(session: Session, key: str, value: Any, *, data_status: str = "invented") -> None:
    """Set one value, in the caller's transaction."""
    session.merge(HouseSetting(key=key, value=value, data_status=data_status))


def is_demo(session: Session) -> bool:
    """Whether this database was made for demonstration: log-ins are then public."""
    return bool(read(session, "demo").get("demo"))

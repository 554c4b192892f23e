"""Who follows a pathway in the house that is measured: a group half way through it."""

from datetime import timedelta

from sqlalchemy import select

from fablab import clock
from fablab.db import db
from fablab.people.models import Person
from pathways.models import Pathway, PathwayVersion
from tests.make_pathways import attend, enrol, make_group, make_session, make_validator, validate


def follow(people: list[int]) -> None:
    """Two stages of four are validated; a session was lived, one is to come."""
    session = db.session()
    found = select(PathwayVersion).join(PathwayVersion.pathway).where(PathwayVersion.status == "published")
    version = session.scalars(found.order_by(Pathway.position)).first()
    assert version is not None
    group = make_group(version, "Banc")
    held = {target.competency.code: target.level for stage in version.stages[:2] for target in stage.targets}
    everybody = session.scalars(select(Person).where(Person.id.in_(people)).order_by(Person.id)).all()
    for person in everybody:
        enrol(person, group)
    lived = make_session(group, clock.now() - timedelta(days=7))
    attend(lived, *everybody)
    make_session(group, clock.now() + timedelta(days=7))
    author = make_validator(first_name="Banc")
    for person in everybody:
        validate(person, held, author)

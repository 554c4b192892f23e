"""The letter that opens an account: what inviting into the team and inviting a referent share."""

from datetime import datetime

from sqlalchemy.orm import Session

from fablab import outbox
from fablab.i18n import speaking
from fablab.people import secrets
from fablab.people.models import Person


def invite(session: Session, person: Person, now: datetime) -> None:
    """Write the letter with the link that opens somebody's account, good once and for a week."""
    link = secrets.link_with("links.join", secrets.sign_invitation(person.public_id, person.enter_version))
    key = f"staff-welcome:{person.public_id}:{person.enter_version}"
    with speaking(person.language):
        outbox.write_letter(session, str(person.email), "staff-welcome", key=key, now=now, person=person, link=link)

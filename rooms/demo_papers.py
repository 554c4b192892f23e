"""The demonstration's papers: one that an association sent and nobody has looked at yet."""

from datetime import date, datetime

from fablab import clock
from fablab.db import db
from fablab.people.models import Person
from rooms import actions_papers, queries
from rooms.actions_papers import Sent


def send_insurance(contact: Person, now: datetime) -> None:
    """Whoever acts for the association with a log-in sends next year's certificate of insurance."""
    session, today = db.session(), clock.local_day(now)
    [tenant] = queries.acted_for(session, contact.id, today)
    ends = tenant.insurance_until or today
    sent = Sent(
        "insurance",
        date(ends.year + 1, 12, 31),
        {"file": _page(["Attestation d'assurance", "Document de demonstration"])},
        "attestation-assurance.pdf",
        f"demo-insurance-{today.isoformat()}",
        date(ends.year + 1, 1, 1),
    )
    actions_papers.send(tenant, sent, contact, now)


def _page(lines: list[str]) -> bytes:
    """A PDF of one page with these lines, without accents: written by hand, as nothing else would read it."""
    words = "".join(f"({line}) Tj 0 -28 Td " for line in lines)
    stream = f"BT /F1 20 Tf 72 740 Td {words}ET"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{part}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer << /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    return made + f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}{end}".encode()

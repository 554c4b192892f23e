"""What pages should say of somebody at the end of the year, in the words of the house, from the reckoning alone."""

from datetime import date, datetime, timedelta

from bs4 import BeautifulSoup, Tag

from tests.pathways.year.facts import Course, Held, local_day, read_catalogue
from tests.pathways.year.reckoning import Reckoning

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
SHOWN = ("enrolled", "under_way", "finished")
CHIPS = {
    "valid": "Badge valable",
    "expires_soon": "Expire bientôt",
    "revoked": "Retiré",
    "expired": "Passé",
    "lapsed": "Passé",
}
TEAM_CHIPS = CHIPS | {"expired": "Expiré", "lapsed": "Non utilisé"}


def said(day: date) -> str:
    """«1er mai 2027»."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def text(tag: Tag | None) -> str:
    """The words of a part of a page, on one line, with plain spaces and apostrophes as they are."""
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


def last_said(year: Reckoning, held: Held) -> str:
    """The last day on which a safety badge holds."""
    return said(local_day(year.holds_until(held) - timedelta(seconds=1)))


def title(year: Reckoning, pathway: str) -> str:
    """«Déclic»."""
    return str(year.pathways[pathway]["title"]).split(" — ")[0]


def here(year: Reckoning, course: Course) -> str | None:
    """The first stage whose badge is not held, in words; None: all are."""
    names = {one["code"]: one["name"] for one in read_catalogue("pathways", "pathways.yaml")["reference_stages"]}
    for stage in year.pathways[course.pathway]["stages"]:
        badge = year.stage_code.format(pathway=course.pathway, stage=stage["code"])
        if not any(one.badge == badge and one.ended is None for one in year.held[course.who]):
            return str(names[stage["code"]])
    return None


def path_lines(year: Reckoning, who: str) -> list[list[str]]:
    """What «Mon parcours» says of each pathway shown: its name, where I am, how often I came."""
    found = []
    for course in year.courses[who]:
        if course.status not in SHOWN:
            continue
        lines, stage, came = [title(year, course.pathway)], here(year, course), year.presence(course)
        if course.status == "finished":
            lines.append("J’ai fini ce parcours. Bravo !")
        else:
            lines.append(f"Je suis à l’étape {stage}." if stage else "Mes quatre étapes sont finies.")
            unit = "séance" if course.group else "heure"
            words = f"J’ai fait {came} {unit}{'s' if came > 1 else ''}."
            lines.append(
                words if came >= year.needed(course) else f"{words} Il en faut {year.needed(course)} pour finir."
            )
        found.append(lines)
    return found


def badge_lines(year: Reckoning, who: str, at: datetime) -> dict[str, list[str]]:
    """What «Mes badges» says of each safety badge, by its address."""
    found = {}
    for code in year.safety:
        held, state = year.latest(who, code), year.state(who, code, at)
        if held is None or state is None:
            continue
        lines = [CHIPS[state]]
        if state in ("valid", "expires_soon"):
            lines.append(f"Valable jusqu’au {last_said(year, held)}.")
        elif state == "revoked" and held.ended:
            lines.append(f"Retiré le {said(local_day(held.ended))}.")
        elif state == "lapsed":
            lines.append("Je n’ai pas utilisé la machine depuis longtemps.")
        else:
            lines.append(f"Fini le {last_said(year, held)}.")
        found[f"/mes-badges/{code}"] = lines
    return found


def team_lines(year: Reckoning, who: str, at: datetime) -> dict[str, list[str]]:
    """What the team reads on somebody's page of each safety badge, by its address."""
    found = {}
    for code in year.safety:
        held, state = year.latest(who, code), year.state(who, code, at)
        if held is None or state is None:
            continue
        lines = [TEAM_CHIPS[state], f"le {said(local_day(held.at))}"]
        if state != "revoked":
            lines.append(f"jusqu’au {last_said(year, held)}")
        found[f"/badges/{code}"] = lines
    return found


def skill_badges(year: Reckoning, who: str) -> int:
    """How many stage and pathway badges somebody holds."""
    return sum(one.badge not in year.safety and one.ended is None for one in year.held[who])


def rows_about(page: BeautifulSoup, addresses: dict[str, list[str]]) -> dict[str, str]:
    """The rows of a page that lead to these addresses, in words."""
    found = {}
    for link in page.select("main li a[href]"):
        if link["href"] in addresses:
            row = link.find_parent("li")
            assert isinstance(row, Tag)
            found[str(link["href"])] = text(row)
    return found


def judge(who: str, rows: dict[str, str], expected: dict[str, list[str]]) -> None:
    """Each row is there, and says each of its words."""
    assert sorted(rows) == sorted(expected), who
    for address, lines in expected.items():
        assert all(line in rows[address] for line in lines), (who, address, lines, rows[address])

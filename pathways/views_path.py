"""What a young person sees: my path, my badges, «je ne peux pas venir» and back."""

from dataclasses import dataclass
from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, in_french, say_date, say_day
from fablab.pages import allowed, local_address
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import (
    actions,
    progress,
    queries,
    queries_awards,
    queries_helpers,
    queries_papers,
    queries_path,
    queries_requests,
    words_papers,
)
from pathways.actions_own_pace import CHARTER
from pathways.blueprint import bp
from pathways.models_badges import Award
from pathways.models_groups import TrainingSession
from pathways.values import last_day
from pathways.values_badges import BadgeState, Gap, Standing, award_state


@dataclass(frozen=True)
class MyBadge:
    """A safety badge as its holder reads it: where it stands, until when, what to do about it."""

    code: str
    name: str
    family: str | None
    chip: tuple[str, str] | None
    sentences: tuple[str, ...]
    ended: bool


@bp.get("/mon-parcours")
@allowed("pathway.own")
def my_path() -> ResponseReturnValue:
    """My path, stage by stage: what is done, what is next."""
    session, now, person = db.session(), clock.now(), me()
    paths = queries_path.paths_of(session, person.id)
    running = [mine.enrolment for mine in paths if mine.enrolment.ended_on is None]
    return render_template(
        "pathways/my_path.html",
        paths=paths,
        to_bring=queries_papers.missing_of(session, running, clock.local_day(now)),
        paper_names=words_papers.YOUNG,
        charter=CHARTER,
        i_help=queries_helpers.i_help(session, person.id, now),
        today=clock.local_day(now),
        coming=queries_path.next_for(session, person.id, now),
        seen=queries_requests.my_seen(session, person.id),
        now=now,
    )


@bp.post("/seances/<public_id>/je-ne-peux-pas-venir")
@allowed("pathway.own")
def cannot_come(public_id: str) -> ResponseReturnValue:
    """Say that I cannot come, in one tap; the message lets me come after all."""
    lesson = _my_lesson(public_id)
    try:
        actions.say_cannot_come(lesson, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        back = url_for(".come_after_all", public_id=public_id)
        say_with_way_back(_("L’équipe est prévenue."), back, _("Je viens finalement"))
    return redirect(local_address(request.form.get("next")) or url_for("home.front"))


@bp.post("/seances/<public_id>/je-viens-finalement")
@allowed("pathway.own")
def come_after_all(public_id: str) -> ResponseReturnValue:
    """Take it back: I come."""
    lesson = _my_lesson(public_id)
    try:
        actions.take_apology_back(lesson, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("C’est noté\u00a0: je viens."))
    return redirect(local_address(request.form.get("next")) or url_for("home.front"))


def _my_lesson(public_id: str) -> TrainingSession:
    """A session of one of my groups; another one is not mine to know."""
    lesson = queries_path.my_lesson(db.session(), public_id, me().id)
    if lesson is None:
        abort(404)
    return lesson


@bp.get("/mes-badges")
@allowed("pathway.own")
def my_badges() -> ResponseReturnValue:
    """My safety badges, valid or ended, those of my path, and those that I can still earn."""
    session, now, person = db.session(), clock.now(), me()
    standings = queries.badge_standings(session, [person.id])[person.id]
    gaps = queries.gaps_of(session, [person], now)[person.id]
    families = queries_awards.badge_families(session)
    mine = [
        mine_of(standing, gaps[code], families.get(code), now) for code, standing in standings.items() if code in gaps
    ]
    others = [gap for code, gap in gaps.items() if code not in standings]
    asked = queries_requests.my_trainings(session, person.id)
    skills = [_skill(award) for award in queries_awards.skill_awards_of(session, person.id)]
    return render_template(
        "pathways/my_badges.html",
        valid=[badge for badge in mine if not badge.ended],
        ended=[badge for badge in mine if badge.ended],
        asked={one.badge.code: one for one in asked.values()},
        skills=skills,
        others=[_other(gap, families.get(gap.badge.code)) for gap in sorted(others, key=lambda one: one.size)],
    )


def _other(gap: Gap, family: str | None) -> dict[str, object]:
    """A badge that I can still earn, and what is missing for it."""
    return {
        "code": gap.badge.code,
        "name": gap.badge.name,
        "family": family,
        "words": progress.missing_words(gap),
        "items": gap_items(gap),
    }


def gap_items(gap: Gap) -> list[dict[str, object]]:
    """The lines of a badge's checklist, in the words of young people."""
    asked = [{"text": in_french(need.i_can), "detail": "", "done": False} for need in gap.missing]
    asked += [
        {"text": _("J’ai le badge %(name)s.", name=in_french(one.name)), "detail": "", "done": False}
        for one in gap.badges
    ]
    if gap.too_young and gap.badge.min_age:
        asked.append({"text": _("J’ai %(age)s ans.", age=gap.badge.min_age), "detail": "", "done": False})
    return asked + [{"text": in_french(need.i_can), "detail": "", "done": True} for need in gap.reached]


def mine_of(standing: Standing, gap: Gap, family: str | None, now: datetime) -> MyBadge:
    """A badge held, or held once, as its holder reads it."""
    state = award_state(standing, now)
    until = last_day(standing.until)
    last = say_date(until) if until else ""
    said: tuple[str, ...]
    again = progress.renewal_words(gap)
    if state is BadgeState.VALID:
        said = (_("Valable jusqu’au %(day)s.", day=last),) if last else (_("Valable pour toujours."),)
        return MyBadge(standing.code, standing.name, family, ("valid", _("Badge valable")), said, False)
    if state is BadgeState.EXPIRES_SOON:
        said = (_("Valable jusqu’au %(day)s.", day=last), again)
        return MyBadge(standing.code, standing.name, family, ("expires_soon", _("Expire bientôt")), said, False)
    if state is BadgeState.REVOKED:
        ended = _("Retiré le %(day)s.", day=say_date(standing.ended_at)) if standing.ended_at else ""
        said = (ended, standing.ended_reason or "", again)
        return MyBadge(standing.code, standing.name, family, ("revoked", _("Retiré")), said, True)
    if state is BadgeState.LAPSED:
        said = (_("Je n’ai pas utilisé la machine depuis longtemps."), again)
        return MyBadge(standing.code, standing.name, family, ("past", _("Passé")), said, True)
    return MyBadge(
        standing.code, standing.name, family, ("past", _("Passé")), (_("Fini le %(day)s.", day=last), again), True
    )


@dataclass(frozen=True)
class SkillBadge:
    """A badge of a stage or of a whole pathway, ready to draw."""

    name: str
    kind: str
    css_class: str
    stage: int
    day: str


def _skill(award: Award) -> SkillBadge:
    pathway = award.badge.pathway
    order = {"EXP": 1, "APP": 2, "FAB": 3, "PAR": 4}
    stage = order.get(award.badge.stage_code or "", 4)
    css = f"p-{pathway.code.lower()}" if pathway else ""
    return SkillBadge(award.badge_name, award.badge.kind, css, stage, say_day(award.awarded_at))

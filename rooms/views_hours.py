"""Hours of an organisation in a season: those it may have, those it held and what they are worth; the statement."""

from datetime import timedelta

from flask import abort, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from fablab import clock, identity, pdf
from fablab.db import db
from fablab.i18n import _, language, say_capital, say_date, say_euros, say_length
from fablab.pages import allowed, by_address
from fablab.people.entering import me
from fablab.people.names import mask_of
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from rooms import actions_money, queries, queries_money, words
from rooms.blueprint import bp
from rooms.forms_money import HoursForm
from rooms.models_money import Statement
from rooms.values import Quota, Tenant
from rooms.values_money import Held, Season, quota_of, season_named, season_of


@bp.route("/structures/<public_id>/heures", methods=["GET", "POST"])
@allowed("structure.hours")
def hours(public_id: str) -> ResponseReturnValue:
    """The hours of a season, what they are worth, and how many there may be; the coordination says how many."""
    session, now, tenant, season = db.session(), clock.now(), _tenant_or_404(public_id), _season()
    gives = me().may("structure.check")
    own = dict(tenant.quotas).get(season.first)
    form = HoursForm(data={"hours": own})
    if gives and form.validate_on_submit():
        try:
            actions_money.give_hours(tenant, season, form.hours.data, me(), now)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            _say_given(tenant, season, own)
            return _to(tenant, season)
    elif request.method == "POST" and not gives:
        abort(403)
    failed, today, this = bool(form.errors), clock.local_day(now), season_of(clock.local_day(now))
    hours_had = quota_of(queries.rules_of(session), tenant, season)
    used = queries_money.minutes_used(session, tenant, season)
    page = render_template(
        "rooms/hours.html",
        tenant=tenant,
        season=season,
        this=this,
        held=queries_money.held(session, tenant, season, today),
        quota=None if hours_had is None else Quota(hours_had, used),
        own=own,
        used=used,
        statements=queries_money.statements_of(session, tenant.id),
        named=_category,
        gives=gives and season.last >= today,
        form=form,
        form_errors=failed,
    )
    return page, 422 if failed else 200


@bp.post("/structures/<public_id>/heures/reprendre")
@allowed("structure.check")
def take_hours_back(public_id: str) -> ResponseReturnValue:
    """The organisation has again what its kind has."""
    tenant, season = _tenant_or_404(public_id), _season()
    actions_money.take_hours_back(tenant, season, me(), clock.now())
    flash(_("Heures reprises."))
    return _to(tenant, season)


@bp.post("/structures/<public_id>/heures/attestation")
@allowed("structure.hours")
def make_statement(public_id: str) -> ResponseReturnValue:
    """Make the yearly statement; its page says what it says, and gives the file."""
    tenant, season = _tenant_or_404(public_id), _season()
    try:
        made = actions_money.make_statement(tenant, season, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
        return _to(tenant, season)
    return redirect(url_for("rooms.statement", key=made.code), 303)


def _find(key: str) -> Statement | None:
    return queries_money.statement_by_code(db.session(), key)


@bp.get("/attestations/<key>")
@by_address(_find)
def statement(key: str) -> ResponseReturnValue:
    """What a statement says, for whoever holds it: the paper is true when it says the same."""
    made: Statement = g.opened
    return render_template("rooms/statement.html", made=made, season=Season(made.season), who=_named(made))


@bp.get("/attestations/<key>.pdf")
@by_address(_find)
def statement_file(key: str) -> Response:
    """The statement to print or to join to yearly accounts."""
    made: Statement = g.opened
    season, session = Season(made.season), db.session()
    found = queries_money.held(
        session, queries.tenants(session)[made.structure_id], season, made.until + timedelta(days=1)
    )
    same = (found.free_minutes, found.free_cents) == (made.minutes, made.cents)
    # What was changed since is not told line by line: the figures stay those of the day it was made.
    lines = [[say_capital(_category(one)), say_length(one.minutes), say_euros(one.cents)] for one in found.free]
    house = identity.ours().name
    said = {
        "title": _("Mise à disposition gratuite de salles, saison %(season)s", season=season.name),
        "house": house,
        "about": _(
            "%(house)s a mis des salles à la disposition de %(who)s, sans les faire payer, du %(first)s au %(last)s.",
            house=house, who=_named(made), first=say_date(season.first), last=say_date(made.until),
        ),
        "heads": [_("Salles"), _("Durée"), _("Valeur")],
        "total": [_("En tout"), say_length(made.minutes), say_euros(made.cents)],
        "how": _("La valeur est la durée tenue, au tarif de la maison le jour de chaque réservation. Rien n’est dû."),
        "made": _("Fait le %(day)s.", day=say_date(made.made_at)),
        "check": _("Pour vérifier cette attestation, ouvrir cette adresse\u00a0:"),
        "code": url_for("rooms.statement", key=made.code, _external=True),
        "language": language(),
    }  # fmt: skip
    answer = make_response(pdf.make("statement", readable=True, lines=lines if same else [], words=said))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="attestation-{season.name}.pdf"'
    return answer


def _named(made: Statement) -> str:
    """Whose statement it is; its address may be handed on, so that a mask stays where there is one."""
    structure = made.structure
    return mask_of(structure.masked_label, structure.id) if structure.sensitive else structure.name


def _category(one: Held) -> str:
    name = str(words.CATEGORIES[one.category])
    return _("%(room)s, une partie", room=name) if one.part else name


def _tenant_or_404(public_id: str) -> Tenant:
    """An organisation that the reader looks after or acts for today."""
    session = db.session()
    if me().may("structure.check"):
        known = list(queries.tenants(session).values())
    else:
        known = queries.acted_for(session, me().id, clock.local_day(clock.now()))
    return next((one for one in known if one.public_id == public_id), None) or abort(404)


def _season() -> Season:
    """The season that the address names; this one otherwise. Of those to come, the next, for who gives its hours."""
    this = season_of(clock.local_day(clock.now()))
    found = season_named(request.args.get("saison", ""))
    last = this.after if me().may("structure.check") else this
    return found if found is not None and found <= last else this


def _say_given(tenant: Tenant, season: Season, before: int | None) -> None:
    """Hours were given; the way back is to those that stood before, where there were any."""
    if before is None:
        undo = url_for("rooms.take_hours_back", public_id=tenant.public_id, saison=season.name)
        say_with_way_back(_("Heures données."), undo)
    else:
        undo = url_for("rooms.hours", public_id=tenant.public_id, saison=season.name)
        say_with_way_back(_("Heures données."), undo, hours=before)


def _to(tenant: Tenant, season: Season) -> ResponseReturnValue:
    return redirect(url_for("rooms.hours", public_id=tenant.public_id, saison=season.name), 303)

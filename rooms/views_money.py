"""The money of rooms: what is to invoice, month by month, as a page and a workbook; deposits. Nothing is paid here."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from bookings import queries as engine
from bookings.models import Booking
from fablab import clock
from fablab.db import db
from fablab.i18n import _, ngettext
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from fablab.workbook import Sheet, written
from rooms import actions_money, queries, queries_money
from rooms.blueprint import bp
from rooms.forms_money import DepositForm, InvoicedForm, KeptForm
from rooms.queries_money import ToInvoice
from rooms.values import Reader, Told, tell, tells_purpose
from rooms.values_money import YEARS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Month:
    """The month that a page is about, with those beside it, as addresses name them."""

    first: date

    @property
    def last(self) -> date:
        """Its last day."""
        return (self.first + timedelta(days=32)).replace(day=1) - timedelta(days=1)

    @property
    def before(self) -> str:
        """The month before."""
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        """The month after."""
        return f"{self.last + timedelta(days=1):%Y-%m}"


@bp.route("/salles/comptes", methods=["GET", "POST"])
@allowed("room.money")
def accounts() -> ResponseReturnValue:
    """What is to be paid of a month, by date; those ticked are noted as invoiced. Deposits that are out."""
    session, now, month, form = db.session(), clock.now(), _month(), InvoicedForm()
    found = queries_money.to_invoice(session, month.first, month.last, now)
    form.offer(one.booking.public_id for one in found)
    if form.validate_on_submit():
        chosen = [one.booking for one in found if one.booking.public_id in form.chosen.data]
        try:
            done = actions_money.invoice(chosen, me(), now)
        except Refused as refused:
            say_refused(refused)
        else:
            flash(ngettext("%(num)s date facturée.", "%(num)s dates facturées.", len(done)))
        return redirect(url_for("rooms.accounts", mois=f"{month.first:%Y-%m}"), 303)
    waiting = [one for one in found if one.invoiced_at is None]
    failed = bool(form.errors)
    page = render_template(
        "rooms/accounts.html",
        month=month,
        waiting=waiting,
        invoiced=[one for one in found if one.invoiced_at is not None],
        total=sum(one.cents for one in waiting),
        deposits=queries_money.deposits(session, now),
        who=_who,
        opens=me().may("room.read"),
        form=form,
        form_errors=failed,
    )
    return page, 422 if failed else 200


@bp.get("/salles/comptes/a-facturer.xlsx")
@allowed("room.money")
def to_invoice_file() -> Response:
    """What is to invoice of a month, as a workbook."""
    month = _month()
    found = queries_money.to_invoice(db.session(), month.first, month.last, clock.now())
    heads = [
        _("Structure"), _("Salle"), _("Début"), _("Fin"), _("Minutes"), _("Prix de l’heure (€)"), _("Montant (€)"),
        _("Facturé le"),
    ]  # fmt: skip
    sheet = Sheet(_("À facturer"), heads, [_line(one) for one in found])
    answer = make_response(written([sheet], _("À facturer")))
    answer.mimetype = XLSX
    answer.headers["Content-Disposition"] = f'attachment; filename="a-facturer-{month.first:%Y-%m}.xlsx"'
    return answer


@bp.post("/salles/comptes/<public_id>/a-refacturer")
@allowed("room.money")
def take_back_invoice(public_id: str) -> ResponseReturnValue:
    """It was not invoiced after all."""
    booking = _booking_or_404(public_id)
    actions_money.take_back_invoice(booking, me(), clock.now())
    flash(_("La date est de nouveau à facturer."))
    return redirect(url_for("rooms.accounts", mois=f"{clock.local_day(booking.starts_at):%Y-%m}"), 303)


@bp.get("/salles/comptes/<public_id>/caution")
@allowed("room.deposit")
def deposit(public_id: str) -> ResponseReturnValue:
    """The deposit of a date: how much is asked; received, given back or kept."""
    booking = _booking_or_404(public_id)
    asked = booking.deposit_cents // 100 if booking.deposit_cents else None
    form = DepositForm(formdata=None, data={"euros": asked})
    return _deposit_page(booking, form, KeptForm(formdata=None), failed=False)


@bp.post("/salles/comptes/<public_id>/caution/demandee")
@allowed("room.money")
def ask_deposit(public_id: str) -> ResponseReturnValue:
    """How much is asked, or nothing any more."""
    booking, form = _booking_or_404(public_id), DepositForm()
    if form.validate_on_submit():
        cents = form.euros.data * 100 if form.euros.data else None
        try:
            actions_money.ask_deposit(booking, cents, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            flash(_("Caution demandée.") if cents else _("Aucune caution n’est demandée."))
            return _to_deposit(public_id)
    return _deposit_page(booking, form, KeptForm(formdata=None), failed=True)


@bp.post("/salles/comptes/<public_id>/caution/recue")
@allowed("room.deposit")
def receive_deposit(public_id: str) -> ResponseReturnValue:
    """The house holds the deposit."""
    booking = _booking_or_404(public_id)
    try:
        actions_money.receive_deposit(booking, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        _say_with_way_back(_("Caution reçue."), public_id, "received")
    return _to_deposit(public_id)


@bp.post("/salles/comptes/<public_id>/caution/rendue")
@allowed("room.deposit")
def give_deposit_back(public_id: str) -> ResponseReturnValue:
    """The organisation has its deposit again."""
    booking = _booking_or_404(public_id)
    try:
        actions_money.give_deposit_back(booking, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        _say_with_way_back(_("Caution rendue."), public_id, "given_back")
    return _to_deposit(public_id)


@bp.post("/salles/comptes/<public_id>/caution/gardee")
@allowed("room.money")
def keep_deposit(public_id: str) -> ResponseReturnValue:
    """The house keeps the deposit, and says why."""
    booking, form = _booking_or_404(public_id), KeptForm()
    if form.validate_on_submit():
        try:
            actions_money.keep_deposit(booking, form.why.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            _say_with_way_back(_("Caution gardée."), public_id, "kept")
            return _to_deposit(public_id)
    return _deposit_page(booking, DepositForm(formdata=None), form, failed=True)


@bp.post("/salles/comptes/<public_id>/caution/reprendre")
@allowed("room.deposit")
def reopen_deposit(public_id: str) -> ResponseReturnValue:
    """The last thing noted of a deposit was a mistake; the form says which it takes back."""
    booking = _booking_or_404(public_id)
    try:
        actions_money.reopen_deposit(booking, request.form.get("step", ""), me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Caution reprise."))
    return _to_deposit(public_id)


def _say_with_way_back(said: str, public_id: str, step: str) -> None:
    say_with_way_back(said, url_for("rooms.reopen_deposit", public_id=public_id), step=step)


def _deposit_page(booking: Booking, form: DepositForm, keeping: KeptForm, *, failed: bool) -> ResponseReturnValue:
    tenant = queries.tenants(db.session()).get(booking.structure_id or 0)
    page = render_template(
        "rooms/deposit.html",
        booking=booking,
        money=queries_money.money_of(db.session(), booking.id),
        who=_who(booking).who,
        tells_why=tells_purpose(tenant, _reader()),
        form=form,
        keeping=keeping,
        form_errors=failed,
        opens=me().may("room.read"),
        counts=me().may("room.money"),
    )
    return page, 422 if failed else 200


def _line(one: ToInvoice) -> tuple[str | int | float | date | None, ...]:
    start, end = (
        clock.to_local(moment).replace(tzinfo=None) for moment in (one.booking.starts_at, one.booking.ends_at)
    )
    hour = (one.booking.hour_cents or 0) / 100
    done = clock.local_day(one.invoiced_at) if one.invoiced_at else None
    return (_who(one.booking).who, one.booking.resource.name, start, end, one.minutes, hour, one.cents / 100, done)


def _who(booking: Booking) -> Told:
    """Who has a room, as whoever counts may know: a mask hides a sensitive one from all but the coordination."""
    return tell(queries.tenants(db.session()).get(booking.structure_id or 0), booking.purpose, _reader())


def _reader() -> Reader:
    return Reader(team=True, unmasked=me().may("structure.unmasked"))


def _month() -> Month:
    """The month that the address names, «2026-11»; this one otherwise."""
    this = clock.local_day(clock.now()).replace(day=1)
    try:
        named = date.fromisoformat(f"{request.args.get('mois', '')[:7]}-01")
    except ValueError:
        return Month(this)
    return Month(named if named.year in YEARS else this)


def _booking_or_404(public_id: str) -> Booking:
    found = engine.booking_by_public_id(db.session(), public_id)
    if found is None or found.kind != "rental":
        abort(404)
    return found


def _to_deposit(public_id: str) -> ResponseReturnValue:
    return redirect(url_for("rooms.deposit", public_id=public_id), 303)

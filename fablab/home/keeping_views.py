"""The page of files that come to their end: who, when, and keeping one longer."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.home import keeping
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.people.forms_erasing import WHY, KeepForm
from fablab.people.rules_keeping import NOTICE
from fablab.people.views_young import young_or_404
from fablab.refusals import Refused
from fablab.toasts import say_with_way_back

bp = Blueprint("keeping", __name__)


@bp.get("/dossiers-qui-finissent")
@allowed("person.erase")
def index() -> ResponseReturnValue:
    """Every file that ends, the soonest first: what the program will erase, and when."""
    return _show(KeepForm(formdata=None), None)


@bp.post("/dossiers-qui-finissent/<public_id>/garder")
@allowed("person.erase")
def keep(public_id: str) -> ResponseReturnValue:
    """Keep a file six months longer, with a reason from the list."""
    person, form = young_or_404(public_id), KeepForm()
    if not form.validate_on_submit():
        return _show(form, public_id), 422
    try:
        keeping.keep(person, form.why.data, me(), clock.now())
    except Refused as refused:
        form.show(refused.refusals)
        return _show(form, public_id), 422
    say_with_way_back(_("Dossier gardé six mois de plus."), url_for(".let_end", public_id=public_id))
    return redirect(url_for(".index"), 303)


@bp.post("/dossiers-qui-finissent/<public_id>/ne-plus-garder")
@allowed("person.erase")
def let_end(public_id: str) -> ResponseReturnValue:
    """A file is kept no longer than time says."""
    keeping.let_end(young_or_404(public_id), me(), clock.now())
    flash(_("Ce dossier finit comme les autres."))
    return redirect(url_for(".index"), 303)


def _show(form: KeepForm, asked: str | None) -> str:
    session, now = db.session(), clock.now()
    return render_template(
        "people/keeping.html",
        endings=keeping.endings(session, now),
        months=keeping.rules_of(session).months_kept,
        notice=NOTICE.days,
        form=form,
        form_errors=bool(form.errors),
        asked=asked,
        why=WHY,
    )

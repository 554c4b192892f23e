"""Under what a group meets, and who pays its hours."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from pathways import actions, queries_frames, queries_groups
from pathways.blueprint import bp
from pathways.forms_frames import HOUSE, NOT_SAID, FrameForm
from pathways.rules_frames import is_excluded


@bp.route("/groupes/<public_id>/cadre", methods=["GET", "POST"])
@allowed("group.manage")
def frame(public_id: str) -> ResponseReturnValue:
    """Say the frame of a group and its funder; a funder that does not pay for its pathway is warned of."""
    session = db.session()
    group = queries_groups.group_by_public_id(session, public_id)
    if group is None:
        abort(404)
    schemes = {one.code: one for one in queries_frames.schemes(session)}
    form = FrameForm()
    form.offer([(one.code, one.name) for one in schemes.values()])
    if request.method == "GET":
        form.legal_frame.data = group.legal_frame or NOT_SAID
        form.scheme.data = group.scheme.code if group.scheme else HOUSE if group.paid_by_house else NOT_SAID
    if form.validate_on_submit():
        legal_frame = None if form.legal_frame.data == NOT_SAID else form.legal_frame.data
        scheme = schemes.get(form.scheme.data)
        house = form.scheme.data == HOUSE
        scheme_id = scheme.id if scheme else None if house or form.scheme.data == NOT_SAID else 0
        try:
            actions.say_frame(group, legal_frame, scheme_id, me(), clock.now(), paid_by_house=house)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            if scheme and is_excluded(group.version.pathway.code, scheme.excluded_pathways):
                said = _("Enregistré. Attention\u00a0: %(name)s ne paie pas ce parcours.", name=scheme.name)
            else:
                said = _("Enregistré.")
            flash(said)
            return redirect(url_for(".group", public_id=public_id))
    excluding = [one for one in schemes.values() if is_excluded(group.version.pathway.code, one.excluded_pathways)]
    page = render_template(
        "pathways/frame.html", group=group, form=form, excluding=excluding, form_errors=bool(form.errors)
    )
    return page, 422 if form.errors else 200

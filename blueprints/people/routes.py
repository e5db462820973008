"""The invitations to a cohort: make one, see them, end one."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.people import bp
from blueprints.people.forms import InviteForm
from blueprints.people.pages import InviteRow, InvitesPage
from blueprints.support.access import current_person, current_reader, requires
from blueprints.support.database import get_db
from tracker.clock import utc_now
from tracker.models import Role
from tracker.permissions import Permission
from tracker.reports.membership import invites_of
from tracker.use_cases.joining import invite, revoke

NEW_INVITE = "new_invite"  # the session's key of a token that is still to be shown, once


@bp.route("/cohorts/<slug:cohort>/invites", methods=["GET", "POST"])
@requires(Permission.INVITE)
def invites(cohort: str) -> ResponseReturnValue:
    """Show the invitations, or make one; its link is shown once, as only its hash is stored."""
    if request.method != "POST":
        return show_invites(InviteForm(), token=session.pop(NEW_INVITE, ""))
    form = InviteForm()
    if not form.validate():
        return show_invites(form), 422
    session[NEW_INVITE] = invite(
        get_db(),
        current_reader().cohort.id,
        Role(form.role.data),
        days=form.days.data,
        max_uses=form.uses.data,
        by=current_person().id,
        at=utc_now(),
    )
    return redirect(url_for(".invites", cohort=cohort))


@bp.post("/cohorts/<slug:cohort>/invites/<string(length=64):invite_id>/revoke")
@requires(Permission.INVITE)
def revoke_invite(cohort: str, invite_id: str) -> ResponseReturnValue:
    """End an invitation; whoever joined with it stays."""
    revoke(
        get_db(),
        current_reader().cohort.id,
        invite_id,
        by=current_person().id,
        at=utc_now(),
    )
    flash(_("The invitation is ended. Whoever joined with it stays."), "success")
    return redirect(url_for(".invites", cohort=cohort))


def show_invites(form: InviteForm, *, token: str = "") -> str:
    """Return the page, with the link of the invitation that was just made."""
    reader, now = current_reader(), utc_now()
    page = InvitesPage(
        reader=reader,
        form=form,
        rows=tuple(InviteRow(each, now) for each in invites_of(get_db(), reader.cohort)),
        link=url_for("auth.join", invite=token, _external=True) if token else "",
    )
    return render_template("people/invites.html", page=page)

"""Those who need a person: all of them, what staff do about each, and the rules."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from blueprints.dashboard import bp
from blueprints.dashboard.forms import RulesForm
from blueprints.dashboard.pages import NeedsFilters, NeedsPage, RulesPage
from blueprints.dashboard.routes import today_in
from blueprints.support.access import current_reader, requires
from blueprints.support.database import get_db
from blueprints.support.links import safe_next
from blueprints.support.notices import say_undoable
from blueprints.support.versions import versioned
from tracker.clock import utc_now
from tracker.errors import Conflict, NotFound
from tracker.models import EnrolmentId, Reader
from tracker.permissions import Permission
from tracker.reports.dashboards import Glance, glance_at, rules_and_flags
from tracker.reports.membership import curriculum_of
from tracker.rules.attention import Rule, Rules
from tracker.use_cases.attending import (
    change_rules,
    contact,
    give_back,
    take_over,
    undo_contact,
)

RULE = "any(stuck,silent,behind,falling):rule"
LEARNER = "/cohorts/<slug:cohort>/dashboard/attention/<id:enrolment>"


@bp.get("/cohorts/<slug:cohort>/dashboard/attention")
@requires(Permission.SEE_LEARNERS)
def attention(cohort: str) -> ResponseReturnValue:
    """Show everyone who needs a person, in pages; or those whom staff contacted."""
    reader = current_reader()
    return versioned(reader.cohort, lambda: show_needs(reader), today_in(reader))


@bp.post(f"{LEARNER}/<{RULE}>/contacted")
@requires(Permission.LOOK_AFTER)
def contacted(cohort: str, enrolment: str, rule: str) -> ResponseReturnValue:
    """Say that someone was in touch with the learner; undo is offered."""
    now, glance, learner = utc_now(), current_glance(), EnrolmentId(enrolment)
    refuse_stranger(glance, learner)
    need = next((one for one in glance.needs if one.key == (learner, rule)), None)
    if need is None:
        flash(_("This is not on the list any more."))
        return redirect(back_to(cohort))
    reader, days = current_reader(), glance.attention.rules.snooze_days
    today = today_in(reader)
    if contact(get_db(), reader, learner, need.reason, days=days, today=today, at=now):
        made = round(now.timestamp() * 1000)
        undo = url_for(".undo", cohort=cohort, enrolment=enrolment, rule=rule, made=made)
        say_undoable(
            _("%(name)s: contacted, hidden for %(days)s days.", name=need.row.name, days=days), undo
        )
    else:
        flash(_("This learner has been contacted already."))
    return redirect(back_to(cohort))


@bp.post(f"{LEARNER}/<{RULE}>/contacted/<int(max=99999999999999):made>/undo")
@requires(Permission.LOOK_AFTER)
def undo(cohort: str, enrolment: str, rule: str, made: int) -> ResponseReturnValue:
    """Bring a row back that the contact of this moment hides."""
    learner = EnrolmentId(enrolment)
    refuse_stranger(current_glance(), learner)
    if undo_contact(get_db(), current_reader(), learner, Rule(rule), made=made, at=utc_now()):
        flash(_("It is on the list again."))
    return redirect(back_to(cohort))


@bp.post(f"{LEARNER}/owner")
@requires(Permission.LOOK_AFTER)
def owner(cohort: str, enrolment: str) -> ResponseReturnValue:
    """Take a learner over from their coach (`take`), or give them back."""
    learner = EnrolmentId(enrolment)
    refuse_stranger(current_glance(), learner)
    if not request.form.get("take"):
        give_back(get_db(), current_reader(), learner, at=utc_now())
    elif not take_over(get_db(), current_reader(), learner, at=utc_now()):
        flash(_("Someone of the staff looks after this learner already."))
    return redirect(back_to(cohort))


@bp.route("/cohorts/<slug:cohort>/dashboard/rules", methods=["GET", "POST"])
@requires(Permission.LOOK_AFTER)
def rules(cohort: str) -> ResponseReturnValue:
    """Show the rules, say whom typed ones would flag (`preview`), or set them."""
    if request.method != "POST":
        return show_rules()
    form = RulesForm()
    if not form.validate():
        return show_rules(form), 422
    if request.form.get("preview"):
        return show_rules(form)
    reader = current_reader()
    old = current_glance().attention.rules
    try:
        change_rules(get_db(), reader, old, form.rules(), at=utc_now())
    except Conflict:
        form.revision.data = str(old.revision)
        return show_rules(form, conflict=old), 409
    flash(_("The rules are saved."), "success")
    return redirect(url_for(".rules", cohort=cohort))


def show_needs(reader: Reader) -> str:
    """Return the list as the filters leave it."""
    page = NeedsPage(reader, current_glance(), filters_from_address())
    return render_template("dashboard/attention.html", page=page)


def show_rules(form: RulesForm | None = None, *, conflict: Rules | None = None) -> str:
    """Return the page of the rules as typed or as saved; for htmx whom they would flag alone."""
    reader = current_reader()
    saved, flags = rules_and_flags(
        get_db(),
        reader.cohort,
        curriculum_of(get_db(), reader.cohort),
        form.rules() if form and not form.errors else None,
        today=today_in(reader),
    )
    page = RulesPage(
        reader=reader,
        form=form or RulesForm.of(saved),
        flags=None if form and form.errors else flags,
        is_typed=form is not None,
        conflict=conflict,
    )
    partial = request.headers.get("HX-Request") and request.form.get("preview")
    return render_template(
        "dashboard/_flags.html" if partial else "dashboard/rules.html", page=page
    )


def current_glance(*, step: int | None = None) -> Glance:
    """Return the reader's cohort at a glance, as it is now."""
    reader = current_reader()
    curriculum = curriculum_of(get_db(), reader.cohort)
    return glance_at(get_db(), reader.cohort, curriculum, today=today_in(reader), step=step)


def refuse_stranger(glance: Glance, learner: EnrolmentId) -> None:
    """Raise NotFound for whom no list of this cohort has."""
    if all(line.row.enrolment_id != learner for line in glance.lines):
        raise NotFound("learner", learner)


def back_to(cohort: str) -> str:
    """Return the page on which the button was, else the dashboard."""
    asked = safe_next(request.form.get("next"))
    return asked if asked != "/" else url_for(".show", cohort=cohort, _anchor="needs")


def filters_from_address() -> NeedsFilters:
    """Read the filters; what is not one of ours counts as not given."""
    rule = request.args.get("rule", "")
    return NeedsFilters(
        rule=rule if rule in set(Rule) else "",
        owner=request.args.get("owner", "")[:100],
        contacted="contacted" in request.args,
        page=min(max(1, request.args.get("page", 1, type=int)), 10_000),
    )

"""The people of a cohort: everybody, and what managers do with their places."""

import re
from typing import Any
from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Forbidden

from blueprints.people import bp
from blueprints.people.forms import CoachForm, JoinedForm, StatusForm
from blueprints.people.places import NO_COACH, Filters, PeoplePage, PersonPage
from blueprints.support.access import current_person, current_reader, requires
from blueprints.support.converters import IdConverter
from blueprints.support.database import get_db
from blueprints.support.fields import clean_line
from blueprints.support.links import welcome_link
from tracker.clock import utc_now
from tracker.errors import NotFound
from tracker.models import Cohort, EnrolmentId, Role, Status
from tracker.permissions import Permission, may, may_reset_password
from tracker.reports.membership import readers_of
from tracker.reports.people import Member, member_for, members_of, past_statuses_of, staff_of
from tracker.use_cases import managing_people

ID = re.compile(IdConverter.regex)
NEW_LINK = "new_link"  # the session's key of whose link is still to be shown, once


@bp.get("/cohorts/<slug:cohort>/people")
@requires(Permission.SEE_LEARNERS)
def people(cohort: str) -> ResponseReturnValue:
    """Show everybody of the cohort."""
    return show_people()


@bp.get("/cohorts/<slug:cohort>/people/<id:enrolment>")
@requires(Permission.SEE_LEARNERS)
def person(cohort: str, enrolment: str) -> ResponseReturnValue:
    """Show one member: role, status with its history, coach."""
    return show_person(EnrolmentId(enrolment))


@bp.post("/cohorts/<slug:cohort>/people/status")
@requires(Permission.MANAGE_PEOPLE)
def set_status(cohort: str) -> ResponseReturnValue:
    """Set the status of one or several people."""
    form, ids, reader = StatusForm(), chosen_ids(), current_reader()
    if not form.validate() or not ids:
        return show_refused(ids, status_form=form), 422
    if reader.enrolment and reader.enrolment.id in ids:
        form.status.errors = [_("You cannot change your own status; ask another manager.")]
        return show_refused(ids, status_form=form), 422
    count = managing_people.set_statuses(
        get_db(), reader, ids, Status(form.status.data), reason=form.reason.data, at=utc_now()
    )
    flash(ngettext("%(num)s status is set.", "%(num)s statuses are set.", count), "success")
    return redirect(came_from())


@bp.post("/cohorts/<slug:cohort>/people/coach")
@requires(Permission.MANAGE_PEOPLE)
def set_coach(cohort: str) -> ResponseReturnValue:
    """Give one or several learners a coach, or none."""
    reader, ids = current_reader(), chosen_ids()
    form = CoachForm(staff_of(get_db(), reader.cohort))
    if not form.validate() or not ids:
        return show_refused(ids, coach_form=form), 422
    coach = EnrolmentId(form.coach.data) if form.coach.data else None
    count = managing_people.assign_coach(get_db(), reader, ids, coach, at=utc_now())
    say_coached(count)
    return redirect(came_from())


@bp.post("/cohorts/<slug:cohort>/people/handover")
@requires(Permission.MANAGE_PEOPLE)
def hand_over(cohort: str) -> ResponseReturnValue:
    """Give all learners of one coach to another."""
    reader = current_reader()
    form = CoachForm(staff_of(get_db(), reader.cohort))
    if not form.validate() or not form.coach.data or not ID.fullmatch(request.form.get("of", "")):
        form.coach.errors = [_("Choose whose learners, and who takes them.")]
        return show_people(handover_form=form), 422
    count = managing_people.hand_over(
        get_db(),
        reader,
        EnrolmentId(request.form["of"]),
        EnrolmentId(form.coach.data),
        at=utc_now(),
    )
    say_coached(count)
    return redirect(came_from())


@bp.post("/cohorts/<slug:cohort>/people/<id:enrolment>/joined")
@requires(Permission.MANAGE_PEOPLE)
def set_joined(cohort: str, enrolment: str) -> ResponseReturnValue:
    """Set the day from which a late joiner is measured."""
    reader, place = current_reader(), EnrolmentId(enrolment)
    form = JoinedForm(reader.cohort)
    if not form.validate():
        return show_person(place, joined_form=form), 422
    managing_people.set_joined_on(get_db(), reader, place, form.joined_on.data, at=utc_now())
    flash(_("The joining day is set."), "success")
    return redirect(url_for(".person", cohort=cohort, enrolment=enrolment))


@bp.post("/cohorts/<slug:cohort>/people/<id:enrolment>/move")
@requires(Permission.MANAGE_PEOPLE)
def move(cohort: str, enrolment: str) -> ResponseReturnValue:
    """Move a person to another cohort; what they logged here stays here."""
    wanted = request.form.get("to", "")
    to = next((one for one in other_cohorts() if one.slug == wanted), None)
    if to is None:
        raise NotFound("cohort", wanted)
    managing_people.move(get_db(), current_reader(), EnrolmentId(enrolment), to, at=utc_now())
    flash(_("Moved to %(cohort)s. What was logged here stays here.", cohort=to.name), "success")
    return redirect(url_for(".person", cohort=cohort, enrolment=enrolment))


@bp.post("/cohorts/<slug:cohort>/people/<id:enrolment>/link")
@requires(Permission.MANAGE_PEOPLE)
def make_link(cohort: str, enrolment: str) -> ResponseReturnValue:
    """Make a link that sets a new password; the next page shows it, once."""
    reader, place = current_reader(), EnrolmentId(enrolment)
    member = member_for(get_db(), reader.cohort, place)
    if not may_link(member):
        raise Forbidden
    managing_people.tell(get_db(), reader, "made_link", [member.place], at=utc_now())
    session[NEW_LINK] = place
    return redirect(url_for(".person", cohort=cohort, enrolment=enrolment))


def chosen_ids() -> list[EnrolmentId]:
    """Return whose boxes are ticked; or all whom the filter leaves, where that is asked for."""
    if "everyone" in request.form:
        reader = current_reader()
        filters = sent_filters()
        found = members_of(get_db(), reader.cohort)
        return [
            one.place.id
            for one in found
            if filters.leaves(one) and one.person.id != reader.person.id
        ]
    ids = filter(ID.fullmatch, request.form.getlist("id"))
    return [EnrolmentId(each) for each in dict.fromkeys(ids)]


def filters_from(values: MultiDict[str, str]) -> Filters:
    """Read the filters; what is not one of ours counts as not given."""
    role, status, coach = (values.get(name, "") for name in ("role", "status", "coach"))
    return Filters(
        text=clean_line(values.get("text", ""))[:100],
        role=role if role in set(Role) else "",
        status=status if status in set(Status) else "",
        coach=coach if coach == NO_COACH or ID.fullmatch(coach) else "",
    )


def came_from() -> str:
    """Return the person's page if the form stood on one, else the list as it was filtered."""
    slug, one = current_reader().cohort.slug, request.form.get("one", "")
    if ID.fullmatch(one):
        return url_for(".person", cohort=slug, enrolment=one)
    return f"{url_for('.people', cohort=slug)}?{sent_filters().query}"


def sent_filters() -> Filters:
    """Read the filters of the list that a form stood on."""
    return filters_from(MultiDict(parse_qsl(request.form.get("filters", "")[:1000])))


def say_coached(count: int) -> None:
    if not count:
        flash(_("Nothing was changed: this coach has these learners already, or they are staff."))
        return
    words = ngettext(
        "%(num)s learner has a new coach.", "%(num)s learners have a new coach.", count
    )
    flash(words, "success")


def show_refused(ids: list[EnrolmentId], **forms: Any) -> str:
    """Return the page that the refused form stood on, as it was typed."""
    one = request.form.get("one", "")
    if ID.fullmatch(one):
        return show_person(EnrolmentId(one), **forms)
    problem = "" if ids else _("Nobody is chosen: tick the boxes of some people first.")
    return show_people(chosen=frozenset(ids), problem=problem, **forms)


def show_people(
    *,
    status_form: StatusForm | None = None,
    coach_form: CoachForm | None = None,
    handover_form: CoachForm | None = None,
    chosen: frozenset[EnrolmentId] = frozenset(),
    problem: str = "",
) -> str:
    """Return the list, with the form that was refused as it was typed."""
    reader = current_reader()
    members = members_of(get_db(), reader.cohort)
    staff = [one for one in members if one.place.role is not Role.LEARNER]
    page = PeoplePage(
        reader=reader,
        members=members,
        filters=sent_filters() if request.method == "POST" else filters_from(request.args),
        asked=request.args.get("page", 1, type=int),
        may_manage=may(reader, Permission.MANAGE_PEOPLE),
        may_see_activity=may(reader, Permission.SEE_ACTIVITY),
        status_form=status_form or StatusForm(formdata=None),
        coach_form=coach_form or CoachForm(staff, formdata=None),
        handover_form=handover_form or CoachForm(staff, formdata=None),
        chosen=chosen,
        problem=problem,
    )
    return render_template("people/members.html", page=page)


def show_person(
    enrolment: EnrolmentId,
    *,
    status_form: StatusForm | None = None,
    coach_form: CoachForm | None = None,
    joined_form: JoinedForm | None = None,
) -> str:
    """Return one member's page, with the form that was refused as it was typed."""
    reader = current_reader()
    member = member_for(get_db(), reader.cohort, enrolment)
    staff = staff_of(get_db(), reader.cohort)
    place, may_manage = member.place, may(reader, Permission.MANAGE_PEOPLE)
    shown = session.get(NEW_LINK) == place.id and request.method == "GET"
    if shown:
        session.pop(NEW_LINK)
    said = {"status": str(place.status)}
    page = PersonPage(
        reader=reader,
        member=member,
        staff=staff,
        history=past_statuses_of(get_db(), place, staff),
        may_manage=may_manage,
        may_see_activity=may(reader, Permission.SEE_ACTIVITY),
        may_link=may_manage and may_link(member),
        cohorts=other_cohorts() if may_manage else [],
        status_form=status_form or StatusForm(formdata=None, data=said),
        coach_form=coach_form or CoachForm(staff, place.coach_id or "", formdata=None),
        joined_form=joined_form or JoinedForm(reader.cohort, formdata=None, obj=place),
        link=welcome_link(member.person) if shown and may_link(member) else "",
    )
    return render_template("people/person.html", page=page)


def may_link(member: Member) -> bool:
    """Tell whether who is signed in may set this person's password through a link."""
    return may_reset_password(current_person(), member.person)


def other_cohorts() -> list[Cohort]:
    """Return the cohorts that who is signed in manages beside this one."""
    here = current_reader().cohort.id
    return [
        reader.cohort
        for reader in readers_of(get_db(), current_person())
        if reader.cohort.id != here and may(reader, Permission.MANAGE_PEOPLE)
    ]

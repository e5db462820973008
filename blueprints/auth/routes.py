"""Signing in and out, joining a cohort, and one's own account."""

import hashlib

from flask import (
    Response,
    abort,
    after_this_request,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, refresh
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from blueprints.auth import bp
from blueprints.auth.forms import JoinForm, LoginForm, NewPasswordForm, PasswordForm, ProfileForm
from blueprints.auth.pages import (
    INVITATION_OVER,
    LAST_PLACE_TAKEN,
    WELCOME_OVER,
    AccountPage,
    DeadLinkPage,
    JoinPage,
    LoginPage,
    Place,
    WelcomePage,
)
from blueprints.support.access import current_person, public, signed_in
from blueprints.support.database import get_db
from blueprints.support.fields import clean_line
from blueprints.support.languages import LANGUAGES, THEMES, language
from blueprints.support.limits import account_key, limiter
from blueprints.support.links import person_of_welcome, safe_next
from blueprints.support.sessions import SignedIn
from tracker.clock import utc_now
from tracker.errors import NotFound, Refused, Taken
from tracker.models import Cohort, Invite, Person
from tracker.reports.membership import find_person, readers_of
from tracker.use_cases import accounts, joining

YEAR = 365 * 24 * 3600
CHOICES = {"language": tuple(LANGUAGES), "theme": THEMES}


def was_refused(response: Response) -> bool:
    """Tell which tries count: failed ones, for a whole class may sign in from one address."""
    return response.status_code == 422


def address_and_email() -> str:
    """Return the limit's key of one account from one address; the email itself is not stored."""
    email = clean_line(request.form.get("email")).casefold()
    return f"{request.remote_addr} {hashlib.sha256(email.encode()).hexdigest()}"


@bp.route("/login", methods=["GET", "POST"])
@public
@limiter.limit("10/minute", key_func=address_and_email, methods=["POST"], deduct_when=was_refused)
@limiter.limit("60/minute", methods=["POST"], deduct_when=was_refused)
def login() -> ResponseReturnValue:
    """Sign in and go on to where one was, or show the form again (422)."""
    form = LoginForm(next=request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(safe_next(form.next.data))
    if not form.validate_on_submit():
        return show_login(form), 422 if form.errors else 200
    person = accounts.sign_in(get_db(), form.email.data, form.password.data)
    if person is None:
        problem = _("Email and password do not belong together. Check both and try again.")
        return show_login(form, problem), 422
    open_session(person, remember=form.remember.data)
    return redirect(safe_next(form.next.data))


@bp.post("/logout")
@public
def logout() -> ResponseReturnValue:
    """Sign out; nothing of the session stays."""
    logout_user()
    session.clear()
    return redirect(url_for(".login"))


@bp.route("/welcome/<token>", methods=["GET", "POST"])
@public
@limiter.limit("60/minute", methods=["POST"])
def welcome(token: str) -> ResponseReturnValue:
    """Set the first password of an account through its one-time link, and sign in."""
    person = find_welcomed(token)
    if person is None:
        return show_dead_link(WELCOME_OVER)
    form = NewPasswordForm(person)
    if not form.validate_on_submit():
        page = WelcomePage(person=person, form=form)
        return render_template("auth/welcome.html", page=page), 422 if form.errors else 200
    try:
        person = accounts.set_first_password(
            get_db(), person, password=form.password.data, at=utc_now()
        )
    except NotFound:  # the link was used in the meantime
        return show_dead_link(WELCOME_OVER)
    open_session(person)
    return redirect(url_for("cohorts.home"))


@bp.route("/join/<invite>", methods=["GET", "POST"])
@public
@limiter.limit("60/minute", methods=["POST"])
def join(invite: str) -> ResponseReturnValue:
    """Show an invitation; let a stranger make an account, and whoever is signed in confirm."""
    person = current_person() if current_user.is_authenticated else None
    try:
        found, cohort = joining.invite_for(get_db(), invite, at=utc_now(), person=person)
    except NotFound:
        return show_dead_link(INVITATION_OVER)
    if person is None:
        return join_as_stranger(invite, found, cohort)
    if any(place.cohort_id == cohort.id for place in person.enrolments):
        flash(_("You are in %(cohort)s already.", cohort=cohort.name), "success")
        return redirect(url_for("cohorts.home"))
    if request.method != "POST":
        page = JoinPage(token=invite, invite=found, cohort=cohort, person=person, form=None)
        return render_template("auth/join.html", page=page)
    return take_place(found, person)


def join_as_stranger(token: str, found: Invite, cohort: Cohort) -> ResponseReturnValue:
    """Make an account and take the place, or show the form again (422)."""
    form = JoinForm(language=language())
    page = JoinPage(token=token, invite=found, cohort=cohort, person=None, form=form)
    if not form.validate_on_submit():
        return render_template("auth/join.html", page=page), 422 if form.errors else 200
    try:
        person = accounts.create_account(
            get_db(),
            email=form.email.data,
            name=form.name.data,
            password=form.password.data,
            language=form.language.data,
            at=utc_now(),
        )
    except Taken:
        form.email.errors = [_("This address has an account. Sign in instead, then join.")]
        return render_template("auth/join.html", page=page), 422
    open_session(person)
    return take_place(found, person)


def take_place(found: Invite, person: Person) -> ResponseReturnValue:
    """Take the place that is offered; tell kindly if the last one just went."""
    try:
        cohort, _place = joining.join(get_db(), found, person, at=utc_now())
    except Refused:
        return show_dead_link(LAST_PLACE_TAKEN)
    flash(_("You are now in %(cohort)s.", cohort=cohort.name), "success")
    return redirect(url_for("cohorts.home"))


@bp.route("/account", methods=["GET", "POST"])
@signed_in
def account() -> ResponseReturnValue:
    """Show the account, or change name, language and theme."""
    if request.method != "POST":
        return show_account()
    form = ProfileForm()
    if not form.validate():
        return show_account(profile=form), 422
    chosen = {"language": form.language.data, "theme": form.theme.data}
    accounts.change_profile(get_db(), current_person().id, name=form.name.data, **chosen)
    with force_locale(form.language.data):
        flash(_("Account saved."), "success")
    return keep_in_browser(chosen, redirect(url_for(".account")))


@bp.post("/account/password")
@signed_in
@limiter.limit("10/minute", key_func=account_key, deduct_when=was_refused)
def change_password() -> ResponseReturnValue:
    """Change the password and end every other session; this one stays open."""
    person = current_person()
    form = PasswordForm(person)
    if not form.validate():
        return show_account(password=form), 422
    try:
        changed = accounts.change_password(
            get_db(),
            person,
            current=form.current.data,
            password=form.password.data,
            at=utc_now(),
        )
    except (Refused, NotFound):  # NotFound: it was changed elsewhere in the meantime
        form.current.errors = [_("This is not your current password.")]
        return show_account(password=form), 422
    open_session(changed, remember=session.permanent)
    flash(_("Password changed. You are signed out everywhere else."), "success")
    return redirect(url_for(".account"))


@bp.post("/preferences")
@public
def preferences() -> ResponseReturnValue:
    """Keep the chosen language or theme, in this browser and in the account if there is one."""
    chosen = {name: request.form[name] for name in CHOICES if name in request.form}
    if not chosen or any(value not in CHOICES[name] for name, value in chosen.items()):
        abort(400)
    if current_user.is_authenticated:
        person = current_person()
        accounts.change_look(
            get_db(),
            person.id,
            language=chosen.get("language", person.language),
            theme=chosen.get("theme", person.theme),
        )
    return keep_in_browser(chosen, redirect(safe_next(request.form.get("next"))))


def find_welcomed(token: str) -> Person | None:
    """Return whose first password the link sets; None once it was used or is too old."""
    welcomed = person_of_welcome(token)
    if welcomed is None:
        return None
    person_id, session_version = welcomed
    person = find_person(get_db(), person_id)
    return person if person and person.session_version == session_version else None


def open_session(person: Person, *, remember: bool = False) -> None:
    """Begin a session of this person; what an earlier one held, its CSRF token too, is gone.

    The browser keeps the account's look, for pages that cannot ask the database.
    """
    look = {"language": person.language, "theme": person.theme}
    after_this_request(lambda response: keep_in_browser(look, response))
    session.clear()
    g.pop("csrf_token", None)
    session.permanent = remember
    login_user(SignedIn(person))
    refresh()  # from here on in the person's language


def keep_in_browser(chosen: dict[str, str], response: ResponseReturnValue) -> Response:
    """Let the browser keep language and theme for a year: sign-in pages follow them too."""
    kept = current_app.make_response(response)
    for name, value in chosen.items():
        kept.set_cookie(
            name,
            value,
            max_age=YEAR,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return kept


def show_login(form: LoginForm, problem: str = "") -> str:
    """Return the sign-in page."""
    return render_template("auth/login.html", page=LoginPage(form=form, problem=problem))


def show_dead_link(page: DeadLinkPage) -> ResponseReturnValue:
    """Answer for a link that no longer works."""
    return render_template("auth/dead_link.html", page=page), 404


def show_account(
    *, profile: ProfileForm | None = None, password: PasswordForm | None = None
) -> str:
    """Return the account's page, with the form that was refused as it was typed."""
    person = current_person()
    page = AccountPage(
        person=person,
        profile=profile or ProfileForm.of(person),
        password=password or PasswordForm(person),
        places=tuple(Place(reader) for reader in readers_of(get_db(), person)),
    )
    return render_template("auth/account.html", page=page)

"""The people of a cohort: invitations to it."""

from flask import Blueprint

bp = Blueprint("people", __name__)

import blueprints.people.routes  # noqa: E402, F401

"""The people of a cohort: invitations, places, imports, what staff note, and who did what."""

from flask import Blueprint

bp = Blueprint("people", __name__)

import blueprints.people.deeds  # noqa: E402
import blueprints.people.imports  # noqa: E402
import blueprints.people.members  # noqa: E402
import blueprints.people.routes  # noqa: E402
import blueprints.people.viewing  # noqa: E402, F401

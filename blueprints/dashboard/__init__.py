"""The cohort at a glance."""

from flask import Blueprint

bp = Blueprint("dashboard", __name__)

import blueprints.dashboard.attention  # noqa: E402
import blueprints.dashboard.exports  # noqa: E402
import blueprints.dashboard.overview  # noqa: E402
import blueprints.dashboard.pulse  # noqa: E402
import blueprints.dashboard.routes  # noqa: E402, F401

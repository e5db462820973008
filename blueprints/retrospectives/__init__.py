"""The look back on a step."""

from flask import Blueprint

bp = Blueprint("retrospectives", __name__)

import blueprints.retrospectives.routes  # noqa: E402, F401

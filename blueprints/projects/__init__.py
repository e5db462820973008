"""Mini-projects and capstones."""

from flask import Blueprint

bp = Blueprint("projects", __name__)

import blueprints.projects.routes  # noqa: E402, F401

"""Help: problems before people, and the queue for live help."""

from flask import Blueprint

bp = Blueprint("help", __name__)

import blueprints.help.problem_routes  # noqa: E402
import blueprints.help.queue_routes  # noqa: E402
import blueprints.help.routes  # noqa: E402, F401

"""What machines ask, and the command line."""

from flask import Blueprint

bp = Blueprint("ops", __name__)

import blueprints.ops.routes  # noqa: E402, F401

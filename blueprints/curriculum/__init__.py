"""The curriculum in the browser: edit, preview, undo, copy, take out."""

from flask import Blueprint

bp = Blueprint("curriculum", __name__)

import blueprints.curriculum.routes  # noqa: E402, F401

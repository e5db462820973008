"""A lesson: its outline, its thread, and the learner's log of it."""

from flask import Blueprint

bp = Blueprint("lessons", __name__)

import blueprints.lessons.routes  # noqa: E402, F401

"""Threads of comments."""

from flask import Blueprint

bp = Blueprint("comments", __name__)

import blueprints.comments.routes  # noqa: E402, F401

"""Signing in and out, joining a cohort, and one's own account."""

from flask import Blueprint

bp = Blueprint("auth", __name__)

import blueprints.auth.routes  # noqa: E402, F401

"""Posts in and out."""

from flask import Blueprint

bp = Blueprint("posts", __name__)

import blueprints.posts.routes  # noqa: E402, F401

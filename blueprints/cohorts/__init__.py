"""Today, the cohort's page, and a learner's pages."""

from flask import Blueprint

bp = Blueprint("cohorts", __name__)

import blueprints.cohorts.routes  # noqa: E402
import blueprints.cohorts.staff  # noqa: E402
import blueprints.cohorts.versions  # noqa: E402, F401

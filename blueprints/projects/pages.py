"""What a project's page is given."""

from dataclasses import dataclass

from blueprints.projects.forms import NoteForm
from tracker.models import Project, ProjectNote, Reader, Step
from tracker.reports.threads import ThreadItem


@dataclass(frozen=True)
class ProjectPage:
    """A project; `note` and `form` are None for staff, `conflict` what was saved meanwhile."""

    reader: Reader
    step: Step | None
    project: Project
    brief_html: str
    note: ProjectNote | None
    form: NoteForm | None
    thread: tuple[ThreadItem, ...]
    subject: str
    may_comment: bool
    conflict: ProjectNote | None = None


def draft_key(cohort: str, number: int) -> str:
    """Return the name under which the browser keeps unsaved notes."""
    return f"project:{cohort}:{number}"

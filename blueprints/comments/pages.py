"""What the comment's own page is given."""

from dataclasses import dataclass

from blueprints.comments.forms import CommentForm
from tracker.models import Comment, Reader


@dataclass(frozen=True)
class CommentPage:
    """A form for one comment: new, an answer to `parent`, or a change of `comment`."""

    reader: Reader
    form: CommentForm
    action: str
    back: str
    place: str
    comment: Comment | None = None
    parent: Comment | None = None

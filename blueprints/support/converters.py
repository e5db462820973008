"""What may stand in an address: anything else is 404 before a view is asked."""

import re

from flask import Flask
from werkzeug.routing import BaseConverter


class SlugConverter(BaseConverter):
    """Letters of any script, digits and hyphens, at most 80."""

    regex = r"[^\W_](?:[\w-]{0,78}[^\W_])?"


class IdConverter(BaseConverter):
    """A document's id: 24 hexadecimal digits."""

    regex = r"[0-9a-f]{24}"


class CommentIdConverter(BaseConverter):
    """A comment's id: a document's, with the number of its part where a post brought it."""

    regex = r"[0-9a-f]{24}(?:-[0-9]{1,5})?"


COMMENT_ID = re.compile(CommentIdConverter.regex)


def init_app(app: Flask) -> None:
    app.url_map.converters.update(slug=SlugConverter, id=IdConverter, comment_id=CommentIdConverter)

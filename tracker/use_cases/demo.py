"""A made-up cohort of any size."""

from dataclasses import dataclass
from datetime import datetime

from tracker.documents.schema import Db

PASSWORD = "didim-demo"
ACCOUNTS = ("learner@demo.example", "coach@demo.example", "manager@demo.example")


@dataclass(frozen=True)
class Size:
    learners: int
    lessons: int
    seed: int


@dataclass(frozen=True)
class Loaded:
    slug: str
    is_new: bool


def load_demo(db: Db, size: Size, *, at: datetime) -> Loaded:
    raise NotImplementedError

"""What the templates of posts are given."""

from dataclasses import dataclass

from blueprints.posts.forms import ConfirmForm, ImportForm
from tracker.models import Curriculum, Lesson, Project, Reader, Step
from tracker.permissions import Permission, may
from tracker.reports.posts_out import PostView

PLAIN_KINDS = ("retro_good", "retro_lacking", "retro_next", "unfiled")


@dataclass(frozen=True)
class PostsPage:
    reader: Reader
    posts: tuple[PostView, ...]
    readers: tuple[Reader, ...] = ()

    @property
    def may_bring_in(self) -> bool:
        return may(self.reader, Permission.LOG_LESSON)


@dataclass(frozen=True)
class ImportPage:
    """Paste or choose; `problems` name the files that cannot be read."""

    reader: Reader
    form: ImportForm
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class PostPage:
    """A post with its parts; `form` is None once it is filed."""

    reader: Reader
    post: PostView
    curriculum: Curriculum
    step: Step | None
    form: ConfirmForm | None = None
    back: str = ""

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """The lessons that a part can be about: the step's, else all."""
        if self.step is None:
            return self.curriculum.lessons
        return self.curriculum.lessons_of(self.step.number)

    @property
    def projects(self) -> tuple[Project, ...]:
        if self.step is None:
            return self.curriculum.projects
        return self.curriculum.projects_of(self.step.number)

    def lesson_of(self, target: str | None) -> Lesson | None:
        return next((each for each in self.curriculum.lessons if each.id == target), None)

    def project_of(self, target: str | None) -> Project | None:
        return next((each for each in self.curriculum.projects if each.id == target), None)

    def title_of(self, target: str | None) -> str:
        """Return the title of a lesson or project, "" where it is none (any more)."""
        found = self.lesson_of(target) or self.project_of(target)
        return found.title if found else ""

    def offers(self, target: str) -> bool:
        """Tell whether the select offers this target."""
        return any(lesson.id == target for lesson in self.lessons) or any(
            project.id == target for project in self.projects
        )

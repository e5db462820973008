"""What the made-up cohort teaches, laid out so that a given day is in the middle of STEP 2."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from tracker.curricula.file import CohortPart, CurriculumFile, LessonPart, ProjectPart, StepPart
from tracker.models import CohortState, ProjectKind

SLUG = "ai-demo"
DAY = timedelta(days=1)
HOLIDAYS = frozenset({(1, 1), (3, 1), (5, 5), (6, 6), (8, 15), (10, 3), (10, 9), (12, 25)})
TITLES = {1: "데이터와 AI 모델", 2: "서비스 개발", 3: "빅프로젝트"}
LESSONS: dict[int, tuple[tuple[str, int, tuple[str, ...]], ...]] = {
    # title, days, outline
    1: (
        ("파이썬 기초", 5, ("자료형", "조건과 반복", "함수", "파일 다루기")),
        ("파이썬 라이브러리", 3, ("numpy", "pandas")),
        ("데이터 수집", 2, ("HTTP와 API", "웹 크롤링")),
        ("데이터 분석", 3, ("전처리", "집계", "단변량과 이변량 분석")),
        ("데이터 시각화", 2, ("그래프 고르기", "matplotlib", "대시보드")),
        ("머신러닝", 6, ("회귀", "분류", "모델 평가", "튜닝")),
        ("딥러닝", 4, ("신경망", "학습과 과적합", "Keras")),
        ("시각지능 딥러닝", 4, ("CNN", "전이 학습", "객체 탐지")),
        ("언어지능 딥러닝", 4, ("토큰과 임베딩", "어텐션", "미세 조정")),
        ("생성형 AI", 3, ("프롬프트", "RAG", "에이전트")),
        ("AI 서비스 기획", 2, ("문제 정의", "사용자 흐름")),
    ),
    2: (
        ("IT 인프라", 3, ("네트워크 기초", "리눅스 명령", "방화벽과 포트")),
        ("웹 프로그래밍", 5, ("HTML과 CSS", "JavaScript", "HTTP")),
        ("가상화와 클라우드", 4, ("가상 머신", "Docker", "EC2와 보안 그룹")),
        ("SQL", 3, ("조회와 조건", "JOIN", "집계")),
        ("Django", 6, ("모델과 마이그레이션", "뷰와 템플릿", "폼과 인증")),
    ),
    3: (
        ("협업과 Git", 1, ("브랜치", "리뷰")),
        ("요구 사항 정리", 1, ("기능 명세", "우선순위")),
        ("화면과 API 설계", 1, ("와이어프레임", "API 명세")),
        ("배포와 운영", 2, ("nginx와 gunicorn", "로그", "모니터링")),
        ("테스트와 품질", 1, ("단위 테스트", "코드 리뷰")),
        ("발표와 포트폴리오", 1, ("시연", "회고")),
    ),
}
MINIS = (
    # step, title, days
    (1, "자전거 대여량 예측", 2),
    (1, "민원 글 분류", 2),
    (1, "지하철 혼잡도 분석", 2),
    (1, "꽃 사진 알아보기", 3),
    (1, "상담 대화 요약", 3),
    (1, "사내 문서 챗봇", 3),
    (2, "동네 가게 예약 사이트", 4),
)
PRIORITY = (2, 1, 3)
"""Which step's lessons a small demo keeps first."""
GROWTH = (1, 1, 2, 3)
"""The steps that take the generated lessons of a big demo, in turn."""


@dataclass(frozen=True)
class Block:
    """A lesson or a project before it has dates; `number` is a project's."""

    title: str
    days: int
    outline: tuple[str, ...] = ()
    number: int = 0


def demo_curriculum(lesson_count: int, today: date) -> CurriculumFile:
    """Return the curriculum with this many lessons, 1 to 500, on class days around today."""
    blocks = _blocks(lesson_count)
    half = sum(block.days for block in blocks[2]) // 2
    before = sum(block.days for block in blocks[1]) + half
    day = next(islice(class_days(today, -DAY), before, None))
    steps = []
    for number, step_blocks in blocks.items():
        step, day = _step(number, step_blocks, day)
        steps.append(step)
    first, last = steps[0].starts_on, steps[-1].ends_on
    return CurriculumFile(
        cohort=CohortPart(
            slug=SLUG,
            name="AI 서비스 개발 과정 (데모)",
            track="AI 서비스 개발",
            starts_on=first,
            ends_on=last,
            holidays=_holidays(first, last),
            state=CohortState.DRAFT,
        ),
        steps=tuple(steps),
    )


def class_days(start: date, stride: timedelta) -> Iterator[date]:
    """Yield the days with class from `start`, forward or backward."""
    day = start
    while True:
        if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS:
            yield day
        day += stride


def _blocks(lesson_count: int) -> dict[int, list[Block]]:
    """Return the lessons and projects of each step, in time order."""
    kept: dict[int, list[Block]] = {1: [], 2: [], 3: []}
    for number in PRIORITY:
        room = lesson_count - sum(map(len, kept.values()))
        kept[number] = [Block(*lesson) for lesson in LESSONS[number][:room]]
    for extra in range(lesson_count - sum(map(len, LESSONS.values()))):
        step = GROWTH[extra % len(GROWTH)]
        topic = LESSONS[step][extra % len(LESSONS[step])][0]
        kept[step].append(Block(f"{topic} 실습 {extra + 1}", 1, ("함께 풀기", "코드 리뷰")))
    return {
        1: _with_minis(1, kept[1]),
        2: _with_minis(2, kept[2]),
        3: [*kept[3], Block("우리 팀의 AI 서비스", 30, number=len(MINIS) + 1)],
    }


def _with_minis(step: int, lessons: list[Block]) -> list[Block]:
    """Return the lessons with the step's mini-projects spread between them, one at the end."""
    minis = [
        Block(title, days, number=place + 1)
        for place, (of_step, title, days) in enumerate(MINIS)
        if of_step == step
    ]
    blocks: list[Block] = []
    for place, mini in enumerate(minis):
        start, end = (len(lessons) * edge // len(minis) for edge in (place, place + 1))
        blocks += [*lessons[start:end], mini]
    return blocks


def _step(number: int, blocks: list[Block], first: date) -> tuple[StepPart, date]:
    """Return the step that begins on this day, and the first class day after it."""
    days = class_days(first, DAY)
    lessons: list[LessonPart] = []
    projects: list[ProjectPart] = []
    last = first
    for block in blocks:
        taken = list(islice(days, block.days))
        last = taken[-1]
        if block.number:
            projects.append(_project(block, taken[0], last))
        else:
            lessons.append(_lesson(block, taken[0], last))
    step = StepPart(
        number=number,
        title=TITLES[number],
        starts_on=first,
        ends_on=last,
        lessons=tuple(lessons),
        projects=tuple(projects),
    )
    return step, next(days)


def _lesson(block: Block, first: date, last: date) -> LessonPart:
    return LessonPart(
        title=block.title,
        starts_on=first,
        ends_on=last,
        hours=8.0 * block.days,
        outline=block.outline,
    )


def _project(block: Block, first: date, last: date) -> ProjectPart:
    is_mini = block.number <= len(MINIS)
    name = f"미니프로젝트 {block.number}차" if is_mini else "빅프로젝트"
    return ProjectPart(
        number=block.number,
        kind=ProjectKind.MINI if is_mini else ProjectKind.CAPSTONE,
        title=f"{name}: {block.title}",
        brief=f"팀이 함께 만들고 발표합니다: {block.title}",
        starts_on=first,
        ends_on=last,
        deliverables=("기획서", "코드", "발표 자료" if is_mini else "시연 영상"),
    )


def _holidays(first: date, last: date) -> tuple[date, ...]:
    days = (first + DAY * count for count in range((last - first).days + 1))
    return tuple(day for day in days if (day.month, day.day) in HOLIDAYS and day.weekday() < 5)

"""What the made-up learners are stuck on, and what was answered."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stuck:
    """A problem of the demo; each of `errors` is what one learner pasted, "" is nothing."""

    lesson: str
    tried: str
    errors: tuple[str, ...]
    title: str = ""
    answer: str = ""
    solved: int = 0
    taken: bool = False


PROBLEMS = (
    Stuck(
        lesson="",
        tried="가상 환경을 켜려는데 conda가 없다고 나와요.",
        errors=(
            "bash: conda: command not found",
            "zsh: command not found: conda",
            "-bash: conda: command not found",
            "jiwoo@server:~$ conda activate dl\nconda: 명령어를 찾을 수 없습니다",
            "bash: conda: command not found",
            "bash: conda: command not found",
        ),
        title="conda 명령을 찾지 못할 때",
        answer=(
            "터미널을 새로 연 뒤에도 그대로라면, 설치한 폴더에서 한 번만 초기화하세요.\n\n"
            "```sh\n~/miniconda3/bin/conda init\n```\n\n"
            "그다음 터미널을 닫았다가 다시 여세요."
        ),
        solved=4,
    ),
    Stuck(
        lesson="sql",
        tried="비밀번호를 여러 번 확인했는데 접속이 안 돼요.",
        errors=(
            "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)",
            "pymysql.err.OperationalError: (1045, \"Access denied for user 'root'@'localhost'"
            ' (using password: NO)")',
            "ERROR 1045 (28000): Access denied for user 'me'@'172.17.0.1' (using password: YES)",
        ),
        taken=True,
    ),
    Stuck(
        lesson="sql",
        tried="",
        errors=(
            "docker: Error response from daemon: Bind for 0.0.0.0:3306 failed:"
            " port is already allocated.",
            "Error response from daemon: Bind for 0.0.0.0:3307 failed: port is already allocated",
        ),
    ),
    Stuck(
        lesson="sql",
        tried="LEFT JOIN을 하면 행이 왜 늘어나는지 모르겠어요. 예제를 두 번 따라 해 봤어요.",
        errors=("",),
    ),
)
TOPICS = ("GROUP BY 결과가 이상해요", "컨테이너가 바로 꺼져요", "과제 2번을 모르겠어요")

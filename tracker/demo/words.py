"""What the made-up learners write; every line was written for this demo."""

DONE = {
    "파이썬 기초": (
        "for문이랑 while문 언제 쓰는지 이제 감이 온다",
        "들여쓰기 탭이랑 스페이스 섞어 써서 한참 헤맴",
        "함수에서 return 빼먹으면 None 나온다는 거 몸으로 배움",
    ),
    "파이썬 라이브러리": (
        "numpy 브로드캐스팅은 그림 그려 보니까 이해됨",
        "loc이랑 iloc 차이 드디어 정리했다",
        "pip install 했는데 다른 파이썬에 깔려 있었음. venv 꼭 켜자",
    ),
    "데이터 수집": (
        "requests로 받은 글자가 깨져서 encoding 지정해 줌",
        "공공데이터 API 키 승인 기다리는 게 제일 오래 걸렸다",
        "robots.txt 먼저 보는 습관 들이기",
    ),
    "데이터 분석": (
        "groupby 다음에 reset_index 안 해서 merge가 이상하게 됨",
        "결측치를 무작정 지우면 안 되는 이유를 알았다",
        "describe()만 잘 봐도 절반은 보이네",
    ),
    "데이터 시각화": (
        "한글 폰트 깨지는 거 rcParams로 해결",
        "막대 하나에 색 열 개 쓰지 말기...",
        "heatmap 하나로 설명이 끝나는 게 신기하다",
    ),
    "머신러닝": (
        "train/test 나누기 전에 스케일링하면 누수라는 거 기억하기",
        "랜덤포레스트 max_depth 바꿔 보면서 과적합 눈으로 확인",
        "정확도 말고 재현율 봐야 하는 문제도 있구나",
    ),
    "딥러닝": (
        "loss가 nan 나와서 learning rate 줄였더니 됨",
        "epoch 늘린다고 다 좋아지는 건 아니었다. early stopping!",
        "shape 맞추는 게 반이다",
    ),
    "시각지능 딥러닝": (
        "augmentation 넣으니까 val accuracy가 6%p 올랐다",
        "bounding box 좌표가 비율인지 픽셀인지부터 확인하자",
        "GPU 메모리 부족해서 batch size 8로 줄임",
    ),
    "언어지능 딥러닝": (
        "tokenizer가 문장을 자르는 방식이 생각과 달라서 재밌었다",
        "attention 그림을 세 번 다시 그리고 나서야 이해함",
        "패딩 길이를 너무 길게 잡아서 느렸던 것",
    ),
    "생성형 AI": (
        "프롬프트에 출력 예시 하나만 넣어도 결과가 안정된다",
        "API 키를 코드에 그대로 올릴 뻔... .env로 뺐다",
        "RAG는 검색이 반 이상인 듯",
    ),
    "AI 서비스 기획": (
        "사용자 한 명을 정하고 나니까 기능이 반으로 줄었다",
        "좋은 문제 정의 = 해결책이 안 들어간 문장",
        "화면부터 그리지 말고 흐름부터!",
    ),
    "IT 인프라": (
        "서브넷 마스크 계산 손으로 해 보니 할 만하다",
        "TCP handshake를 wireshark로 직접 봤다",
        "방화벽에서 포트 안 열고 왜 접속 안 되냐고 하고 있었음",
    ),
    "웹 프로그래밍": (
        "flex 하나로 가운데 정렬이 되는 걸 왜 이제 알았지",
        "이벤트 버블링 때문에 클릭이 두 번 실행됐다",
        "GET이랑 POST 차이를 개발자 도구로 확인",
    ),
    "가상화와 클라우드": (
        "EC2 보안 그룹에 80번 안 열어서 30분 날림",
        "도커 이미지랑 컨테이너 차이: 붕어빵 틀이랑 붕어빵",
        "인스턴스 끄는 거 잊지 말기. 요금 알림 걸어 둠",
    ),
    "SQL": (
        "LEFT JOIN에서 WHERE 조건을 걸면 INNER처럼 된다는 것",
        "GROUP BY랑 HAVING 순서 외웠다",
        "서브쿼리를 WITH로 바꾸니 읽기 쉬워짐",
    ),
    "Django": (
        "makemigrations 하고 migrate 까먹어서 no such table",
        "URL 이름으로 reverse 하니까 주소 바꿔도 안 깨진다",
        "템플릿 상속으로 중복이 싹 사라짐",
    ),
    "협업과 Git": (
        "merge conflict 처음 풀어 봄. 생각보다 안 무섭다",
        "커밋 메시지 규칙을 팀에서 정했다",
        "rebase는 아직 조심조심",
    ),
    "배포와 운영": (
        "gunicorn 소켓 권한 때문에 nginx가 502를 줬다",
        "로그부터 보자. 답은 로그에 있다",
        "systemd로 서버 재부팅해도 살아나게 함",
    ),
}
ANY_DONE = (
    "실습까지 다 함. 내일 한 번 더 복습",
    "오늘 건 이해됨! 예제 하나 더 만들어 봐야지",
    "어려웠지만 끝까지 따라감",
    "Finished the exercises, notes are in my repo",
    "팀원이 설명해 줘서 겨우 이해했다",
    "A bit fast today but okay",
    "",
)
DOING = (
    "실습 2번까지 했고 나머지는 저녁에",
    "개념은 알겠는데 손이 안 따라간다",
    "강의 다시 듣는 중",
    "Halfway through the lab",
    "예제는 되는데 과제에 적용이 안 된다",
    "",
)
STUCK = (
    "nginx 502 Bad Gateway: connect() to unix socket failed (13: Permission denied)",
    "pip install mysqlclient 하면 pkg-config not found",
    "ModuleNotFoundError: No module named 'django' (venv는 켜져 있음)",
    "docker: permission denied while trying to connect to the Docker daemon socket",
    "OperationalError: (2002) Can't connect to MySQL server on '127.0.0.1'",
    "ssh: Permission denied (publickey). 키 권한을 바꿔도 그대로",
    "CSRF verification failed. form에 뭘 넣어야 하는지 모르겠음",
    "포트 8000 already in use 뜨는데 뭐가 쓰는지 못 찾겠어요",
)
NOTES = (
    "## 막혔던 것\n\n가상환경을 켜지 않고 설치했더니 다른 파이썬에 깔렸다.\n\n"
    "```bash\npython -m venv .venv\nsource .venv/bin/activate\n"
    "python -m pip install -U pip\n```\n\n"
    "앞으로는 `which python`부터 확인하기.",
    "## 오늘 정리\n\n- 큰 그림: 요청 → 처리 → 응답\n- 헷갈린 것: 상태 코드 301과 302\n"
    "- 내일: 과제 3번 마무리",
    "### What I tried\n\n1. Read the error from the bottom up\n2. Searched the exact message\n"
    "3. Asked my team\n\n결국 오타였다. 변수 이름은 복사해서 쓰자.",
)
KEY_POINTS = (
    ("개념을 그림으로 그리기", "에러 메시지는 끝 줄부터"),
    ("작게 나눠서 실행해 보기",),
    ("가상환경 먼저 켜기", "버전 적어 두기", "막히면 20분 안에 질문"),
)
COMMENTS = (
    "혹시 실습 자료 3쪽 그림 이해되신 분 있나요?",
    "저는 이 부분에서 포트를 바꾸니까 됐어요. 참고하세요!",
    "속도가 조금 빨랐어요. 복습 영상이 있으면 좋겠습니다.",
    "Mac에서는 명령이 조금 달라요. brew로 설치하면 됩니다.",
    "오늘 예제 정말 재미있었어요 :)",
    "Does anyone have the same error on Windows? WSL로 하니까 됐습니다.",
    "과제 제출 형식이 노트북 파일인가요, 링크인가요?",
)
QUESTION = (
    "컨테이너는 떠 있는데 브라우저에서 접속이 안 돼요.\n\n```\n$ docker ps\n"
    "0.0.0.0:8080->80/tcp   demo-web\n```\n\n보안 그룹도 80번을 열었습니다. 뭘 더 봐야 할까요?"
)
ANSWER = (
    "밖으로 열린 포트는 80번이 아니라 8080번이에요. 보안 그룹에 8080을 열거나"
    " `-p 80:80`으로 다시 띄워 보세요. 여기까지 스스로 확인한 순서가 아주 좋습니다!"
)
FAMILY = "강고구권남노류문민배백서송신심안양오유윤임장전정조차최한허홍황"
GIVEN = (
    *("가람", "나래", "다온", "도담", "라온", "마루", "민결", "별하", "보람", "새론", "서율"),
    *("소담", "솔찬", "슬아", "아름", "아린", "예찬", "온유", "우람", "윤슬", "은별", "이든"),
    *("이솔", "재하", "지안", "지호", "찬솔", "초아", "태오", "하람", "하율", "한결", "해든"),
    *("해솔", "현서", "혜윰", "호연", "희찬"),
)

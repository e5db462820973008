"""What different systems, versions and languages call one failure, and what it is called here.

Windows, macOS and Linux number the failures of the operating system differently and speak English
or Korean: a table alone can join them.
"""

import re

SYSTEM = (
    # (name here, codes, words without a code)
    (
        "connection refused",
        r"Errno (?:111|61)|WinError 10061",
        r"대상 컴퓨터에서 연결을 거부했으므로 연결하지 못했습니다|연결이 거부됨"
        r"|No connection could be made because the target machine actively refused it",
    ),
    (
        "no such file or directory",
        r"Errno 2|WinError [23]",
        r"지정된 (?:경로를|파일을) 찾을 수 없습니다|그런 파일이나 디렉[터토]리가 없(?:습니다|음)"
        r"|(?:The system )?cannot find the (?:file|path) specified",
    ),
    (
        "permission denied",
        r"Errno 13|WinError 5",
        r"액세스가 거부되었습니다|Access is denied|허가 거부",
    ),
    ("address already in use", r"Errno (?:98|48)|WinError 10048", r"주소가 이미 사용 중입니다"),
    (
        "file is in use by another process",
        r"WinError 32",
        r"다른 프로세스가 파일을 사용 중이기 때문에 프로세스가 액세스 ?할 수 없습니다"
        r"|The process cannot access the file because it is being used by another process",
    ),
    (
        "module not found (DLL)",
        r"WinError 126",
        r"지정된 모듈을 찾을 수 없습니다|The specified module could not be found",
    ),
    (
        "procedure not found (DLL)",
        r"WinError 127",
        r"지정된 프로시저를 찾을 수 없습니다|The specified procedure could not be found",
    ),
    (
        "DLL failed to start",
        r"WinError 1114",
        r"DLL 초기화 루틴을 실행할 수 없습니다"
        r"|A dynamic link library \(DLL\) initialization routine failed",
    ),
    (
        "not a valid Win32 application",
        r"WinError 193",
        r"(?:%1|\S+)?은\(는\) 올바른 Win32 응용 프로그램이 아닙니다"
        r"|(?:%1|\S+) is not a valid Win32 application",
    ),
    (
        "file already exists",
        r"Errno 17|WinError (?:80|183)",
        r"파일이 이미 있으므로 만들 수 없습니다|Cannot create a file when that file already exists",
    ),
    (
        "no space left on device",
        r"Errno 28|WinError 112",
        r"디스크 공간이 부족합니다|There is not enough space on the disk",
    ),
    (
        "timed out",
        r"Errno (?:110|60)|WinError 10060",
        r"(?:Operation|Connection) timed out",
    ),
    (
        "connection reset",
        r"Errno (?:104|54)|WinError 1005[34]",
        r"현재 연결은 원격 호스트에 의해 강제로 끊겼습니다|Connection reset by peer"
        r"|An existing connection was forcibly closed by the remote host",
    ),
    (
        "name or service not known",
        r"Errno -[235]|Errno 8|Errno 11001",
        r"Temporary failure in name resolution|nodename nor servname provided, or not known"
        r"|getaddrinfo failed",
    ),
    (
        "the syntax of the command is incorrect",
        "WinError 1639",
        r"명령 구문이 올바르지 않습니다",
    ),
    ("OS error E\\1", r"(?:Errno|WinError) (-?\d+)", ""),
)
OTHERWISE = (
    (r"\b(mongod|mysqld?|postgresql|redis|nginx|docker|sshd?)\.service\b", r"\1"),
    (r"\b(?:EnvironmentError|IOError)\b", "OSError"),
    (r"\(publickey[^)]*\)", "(publickey)"),
    (r"\bzsh: ([a-z ]{4,40}): (\S+)$", r"sh: \2: \1"),
    (r"'[\w.]+'(?= from partially initialized)", "…"),
    (r"(?<=partially initialized module )'[\w.]+'(?: has no attribute '\w+')?", "…"),
    (r"\b\w+\.(?=\w+\(\) )", ""),  # of which class a function is: newer Pythons say it
    (r"\b(E[A-Z]{3,15}: [^,]{4,80}), .*", r"\1"),  # Node names the call and its paths
    (r"^\(\d+, [\"'](.{0,400})[\"']\)$", r"\1"),  # number and message
    (r"\bRetrying \(Retry\([^)]*\)\) after ", ""),
    (r" - \{.{0,80}?'message': ['\"](.{3,300}?)['\"][,}].*", r" \1"),  # an API's answer
    (
        r"Max retries exceeded with url: \S+ \(Caused by (\w+)\(.{0,200}?([\w \[\]-]{8,})\W*$",
        r"caused by \1 \2",
    ),
)
SAME = (
    *(
        (re.compile(rf"\[(?:{codes})\] ?[^:('\".]*{'|' + words if words else ''}", re.I), name)
        for name, codes, words in SYSTEM
    ),
    *((re.compile(said), name) for said, name in OTHERWISE),
)
SERVICES = {
    "3306": "MySQL",
    "5432": "PostgreSQL",
    "6379": "Redis",
    "9092": "Kafka",
    "9200": "Elasticsearch",
    "11434": "Ollama",
}
ALIASES = {
    "EnvironmentError": "OSError",
    "IOError": "OSError",
    "MongoServerError": "OperationFailure",
    "WriteError": "OperationFailure",
}
"""Exceptions by the name that they have here."""

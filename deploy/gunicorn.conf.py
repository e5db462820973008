"""gunicorn for every place Didim runs in; a socket that systemd hands over takes bind's place."""

import gc
import importlib
import os
from itertools import count
from pathlib import Path

import structlog
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker
from prometheus_client.multiprocess import mark_process_dead

bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = int(os.environ.get("WEB_THREADS") or 8)
preload_app = False  # a MongoClient must be made after the fork

timeout = 30
graceful_timeout = 30
keepalive = 5
max_requests = int(os.environ.get("MAX_REQUESTS") or 20_000)
max_requests_jitter = 2_000  # a worker is renewed now and then, not all at once
if Path("/dev/shm").is_dir():  # noqa: S108  heartbeats stay off the disk
    worker_tmp_dir = "/dev/shm"  # noqa: S108

LIBRARIES = (
    *("flask", "flask_babel", "flask_limiter", "flask_login", "flask_wtf", "wtforms", "pymongo"),
    *("limits.storage", "babel.dates", "pydantic", "rapidfuzz", "structlog", "yaml", "argon2"),
    *("markdown_it", "mdit_py_plugins", "nh3", "pygments", "email_validator", "werkzeug"),
)


metrics_folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")


def on_starting(_server: object) -> None:
    """Load the libraries before the workers begin, so that they share that memory.

    Our own code each worker loads for itself: HUP brings in what has changed. The workers' figures
    begin at nothing.
    """
    if metrics_folder:
        Path(metrics_folder).mkdir(parents=True, exist_ok=True)
        for file in Path(metrics_folder).glob("*.db"):
            file.unlink()
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()  # collecting garbage would write to what is shared


def pre_fork(server: Arbiter, worker: Worker) -> None:
    """Give the worker the least number that none has, so that its figures go on in that file."""
    taken = {other.number for other in server.WORKERS.values()}
    worker.number = next(number for number in count(1) if number not in taken)


def post_fork(_server: Arbiter, worker: Worker) -> None:
    """Tell the app which worker it is in."""
    os.environ["DIDIM_WORKER"] = str(worker.number)


def post_worker_init(worker: Worker) -> None:
    """Tell how many requests can be under way."""
    importlib.import_module("blueprints.support.metrics").THREADS.set(worker.cfg.threads)


def child_exit(_server: Arbiter, worker: Worker) -> None:
    """Forget what the worker had under way."""
    if metrics_folder:
        mark_process_dead(worker.number)


control_socket_disable = True
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1,::1"

errorlog = "-"  # requests are logged by the app
loglevel = os.environ.get("LOG_LEVEL") or "info"


class JsonLines(Logger):
    """gunicorn's own messages as JSON lines, as the app's are."""

    def setup(self, cfg: Config) -> None:
        """Give the error log its form."""
        super().setup(cfg)
        lines = structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
        for handler in self.error_log.handlers:
            handler.setFormatter(lines)


logger_class = JsonLines

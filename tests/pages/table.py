"""Who gets in where: every endpoint x reader -> status."""

from __future__ import annotations

from dataclasses import dataclass

COHORT = "/cohorts/ai-7"


@dataclass(frozen=True)
class Row:
    """An address and the status for each: anonymous, Ada, Ben, Cleo, Dana, administrator."""

    method: str
    path: str
    endpoint: str
    statuses: tuple[int, int, int, int, int, int]


def row(method: str, path: str, endpoint: str, *statuses: int) -> Row:
    assert len(statuses) == 6
    return Row(method, path, endpoint, statuses)  # type: ignore[arg-type]


# fmt: off
TABLE = [
    #                                                                anon Ada  Ben  Cleo Dana admin
    row("GET", "/", "cohorts.home",                                  302, 200, 302, 200, 302, 200),
    row("GET", "/login", "auth.login",                               200, 302, 302, 302, 302, 302),
    row("POST", "/login", "auth.login",                              422, 302, 302, 302, 302, 302),
    row("POST", "/logout", "auth.logout",                            302, 302, 302, 302, 302, 302),
    row("GET", "/account", "auth.account",                           302, 200, 200, 200, 200, 200),
    row("POST", "/account", "auth.account",                          302, 422, 422, 422, 422, 422),
    row("POST", "/account/password", "auth.change_password",         302, 422, 422, 422, 422, 422),
    row("POST", "/preferences", "auth.preferences",                  400, 400, 400, 400, 400, 400),
    row("GET", "/join/none", "auth.join",                            404, 404, 404, 404, 404, 404),
    row("GET", "/welcome/none", "auth.welcome",                      404, 404, 404, 404, 404, 404),
    row("GET", f"{COHORT}/", "cohorts.show",                         302, 200, 200, 404, 200, 200),
    row("GET", f"{COHORT}/learners/ADA", "cohorts.learner",          302, 200, 200, 404, 200, 200),
    row("GET", f"{COHORT}/learners/CLEO", "cohorts.learner",         302, 404, 404, 404, 404, 404),
    row("GET", f"{COHORT}/learners/BEN", "cohorts.learner",          302, 404, 404, 404, 404, 404),
    row("GET", f"{COHORT}/learners/ADA/lessons/sql", "cohorts.learner_log",
                                                                     302, 200, 200, 404, 200, 200),
    row("GET", f"{COHORT}/lessons/sql", "lessons.show",              302, 200, 200, 404, 200, 200),
    row("GET", f"{COHORT}/lessons/none", "lessons.show",             302, 404, 404, 404, 404, 404),
    row("POST", f"{COHORT}/lessons/sql/log", "lessons.save_log",     302, 422, 403, 404, 403, 403),
    row("POST", f"{COHORT}/lessons/sql/line", "lessons.save_line",   302, 422, 403, 404, 403, 403),
    row("POST", "/preview", "lessons.preview",                       302, 200, 200, 200, 200, 200),
    row("GET", f"{COHORT}/projects/1", "projects.show",              302, 200, 200, 404, 200, 200),
    row("GET", f"{COHORT}/projects/99", "projects.show",             302, 404, 404, 404, 404, 404),
    row("POST", f"{COHORT}/projects/1/note", "projects.save_note",   302, 302, 403, 404, 403, 403),
    row("GET", f"{COHORT}/steps/2/retrospective", "retrospectives.show",
                                                                     302, 200, 404, 404, 404, 404),
    row("GET", f"{COHORT}/steps/2/retrospective?learner=ADA", "retrospectives.show",
                                                                     302, 200, 200, 404, 200, 200),
    row("POST", f"{COHORT}/steps/2/retrospective", "retrospectives.save",
                                                                     302, 302, 403, 404, 403, 403),
    row("GET", f"{COHORT}/dashboard", "dashboard.show",              302, 200, 200, 404, 200, 200),
    row("GET", f"{COHORT}/dashboard/matrix.json", "dashboard.matrix",
                                                                     302, 200, 200, 404, 200, 200),
    row("GET", f"{COHORT}/dashboard/version", "dashboard.version",
                                                                     302, 200, 200, 404, 200, 200),
    row("GET", f"{COHORT}/dashboard/attention", "dashboard.attention",
                                                                     302, 403, 200, 404, 200, 200),
    row("GET", f"{COHORT}/dashboard/pulse", "dashboard.pulse",       302, 403, 200, 404, 200, 200),
    row("GET", f"{COHORT}/dashboard/learners.csv", "dashboard.export",
                                                                     302, 403, 200, 404, 200, 200),
    row("GET", f"{COHORT}/dashboard/attention.xlsx", "dashboard.export",
                                                                     302, 403, 200, 404, 200, 200),
    row("GET", f"{COHORT}/dashboard/lessons.csv", "dashboard.export",
                                                                     302, 403, 200, 404, 200, 200),
    row("GET", "/overview", "dashboard.overview",                    302, 403, 403, 403, 200, 200),
    row("GET", "/overview.csv", "dashboard.export_overview",         302, 403, 403, 403, 200, 200),
    row("GET", f"{COHORT}/dashboard/rules", "dashboard.rules",       302, 403, 200, 404, 200, 200),
    row("POST", f"{COHORT}/dashboard/rules", "dashboard.rules",      302, 403, 422, 404, 422, 422),
    row("POST", f"{COHORT}/dashboard/attention/ADA/stuck/contacted", "dashboard.contacted",
                                                                     302, 403, 302, 404, 302, 302),
    row("POST", f"{COHORT}/dashboard/attention/CLEO/stuck/contacted", "dashboard.contacted",
                                                                     302, 403, 404, 404, 404, 404),
    row("POST", f"{COHORT}/dashboard/attention/ADA/stuck/contacted/0/undo", "dashboard.undo",
                                                                     302, 403, 302, 404, 302, 302),
    row("POST", f"{COHORT}/dashboard/attention/ADA/owner", "dashboard.owner",
                                                                     302, 403, 302, 404, 302, 302),
    row("GET", f"{COHORT}/comments/new?subject=SUBJECT", "comments.write",
                                                                     302, 200, 200, 404, 200, 200),
    row("POST", f"{COHORT}/comments", "comments.add",                302, 404, 404, 404, 404, 404),
    row("GET", f"{COHORT}/comments/COMMENT", "comments.find",        302, 302, 302, 404, 302, 302),
    row("GET", f"{COHORT}/comments/COMMENT/edit", "comments.edit",   302, 200, 403, 404, 403, 403),
    row("POST", f"{COHORT}/comments/COMMENT/edit", "comments.edit",  302, 302, 403, 404, 403, 403),
    row("POST", f"{COHORT}/comments/COMMENT/restore", "comments.restore",
                                                                     302, 302, 403, 404, 403, 403),
    row("POST", f"{COHORT}/comments/COMMENT/delete", "comments.delete",
                                                                     302, 302, 403, 404, 403, 403),
    row("GET", f"{COHORT}/invites", "people.invites",                302, 403, 403, 404, 200, 200),
    row("POST", f"{COHORT}/invites", "people.invites",               302, 403, 403, 404, 302, 302),
    row("POST", f"{COHORT}/invites/{'0' * 64}/revoke", "people.revoke_invite",
                                                                     302, 403, 403, 404, 404, 404),
    row("GET", f"{COHORT}/help", "help.index",                       302, 200, 200, 404, 200, 200),
    row("GET", f"{COHORT}/help?show=answered", "help.index",         302, 200, 200, 404, 200, 200),
    row("GET", f"{COHORT}/help/ask?lesson=sql", "help.ask",          302, 200, 403, 404, 403, 403),
    row("POST", f"{COHORT}/help/ask", "help.send",                   302, 422, 403, 404, 403, 403),
    row("POST", f"{COHORT}/help/similar", "help.similar",            302, 200, 403, 404, 403, 403),
    row("POST", f"{COHORT}/help/requests/REQUEST/verdict", "help.judge",
                                                                     302, 400, 403, 404, 403, 403),
    row("GET", f"{COHORT}/help/problems/PROBLEM", "help.problem",    302, 403, 200, 404, 200, 200),
    row("POST", f"{COHORT}/help/problems/PROBLEM/take", "help.take", 302, 403, 302, 404, 302, 302),
    row("POST", f"{COHORT}/help/problems/PROBLEM/release", "help.release",
                                                                     302, 403, 302, 404, 302, 302),
    row("POST", f"{COHORT}/help/problems/PROBLEM/answer", "help.answer",
                                                                     302, 403, 422, 404, 422, 422),
    row("POST", f"{COHORT}/help/problems/PROBLEM/merge", "help.merge",
                                                                     302, 403, 422, 404, 422, 422),
    row("POST", f"{COHORT}/help/problems/PROBLEM/split", "help.split",
                                                                     302, 403, 422, 404, 422, 422),
    row("GET", f"{COHORT}/help/queue", "help.queue",                 302, 200, 200, 404, 200, 200),
    row("POST", f"{COHORT}/help/queue", "help.stand",                302, 422, 403, 404, 403, 403),
    row("POST", f"{COHORT}/help/queue/own", "help.step",             302, 400, 403, 404, 403, 403),
    row("POST", f"{COHORT}/help/queue/TICKET", "help.turn",          302, 403, 400, 404, 400, 400),
    row("GET", "/posts/", "posts.index",                             302, 200, 403, 200, 403, 403),
    row("GET", "/posts/import", "posts.bring_in",                    302, 200, 403, 200, 403, 403),
    row("POST", "/posts/import", "posts.bring_in",                   302, 422, 403, 422, 403, 403),
    row("GET", "/posts/export", "posts.export",                      302, 200, 403, 302, 403, 403),
    row("GET", f"/posts/{'0' * 24}", "posts.show",                   302, 404, 403, 404, 403, 403),
    row("POST", f"/posts/{'0' * 24}/confirm", "posts.confirm",       302, 404, 403, 404, 403, 403),
    row("POST", f"/posts/{'0' * 24}/undo", "posts.undo",             302, 404, 403, 404, 403, 403),
    row("GET", "/static/none/none.js", "static",                     404, 404, 404, 404, 404, 404),
    row("GET", "/healthz", "ops.healthz",                            200, 200, 200, 200, 200, 200),
    row("GET", "/readyz", "ops.readyz",                              200, 200, 200, 200, 200, 200),
]
# fmt: on

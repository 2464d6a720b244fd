"""What customers are asked at each transition and after support, when, and what they answer."""

from datetime import date, timedelta

from sandbox.company.adoption import keep, own
from sandbox.company.customer_facts import Survey
from sandbox.company.days import TODAY, at
from sandbox.company.stage import Stage

DAY = timedelta(days=1)
# Days from a project's last day to its closeout survey; None: nobody is asked.
SENT_AFTER = (0, 1, 5, None, 0, -1, 2, 0)
SCALES = {"csat": 5, "nps": 10, "ces": 7}


def plant(stage: Stage) -> None:
    """Plant the surveys of every delivery, in the order of the projects, then those of support."""
    for project, delivery in stage.facts.deliveries.items():
        terms = stage.facts.projects.get(project)
        if terms is None or terms[0][1] is None:
            continue
        account = terms[0][1].account
        if delivery.go_live and delivery.go_live + 3 * DAY <= TODAY:
            _ask(stage, account, project, "go_live", "ces", delivery.go_live + 3 * DAY)
        after = SENT_AFTER[stage.number("closeout surveys") % len(SENT_AFTER)] if delivery.closed else None
        if delivery.closed and after is not None:
            for kind in ("csat", "nps")[: 1 + stage.used["closeout surveys"] % 2]:
                _ask(stage, account, project, "closeout", kind, delivery.closed + after * DAY)
    live = dict.fromkeys(use.account for _, use in stage.facts.uses)
    for place, account in enumerate(live):
        for weeks in range(place % 5, 26, 6 + place % 4):
            if place % 6 != 5:
                _ask(stage, account, None, "support", "csat", date(2026, 5, 20) + weeks * 7 * DAY)


def _ask(stage: Stage, account: str, project: str | None, occasion: str, kind: str, day: date) -> None:
    """Send a survey on a day, unless that is still to come; three of four are answered a few days later."""
    place = stage.number("surveys")
    if day > TODAY:
        return
    key, scale = f"S{place:06d}", SCALES[kind]
    row = {
        "survey": key,
        "account": own(account),
        "project": own(project) if project else None,
        "occasion": occasion,
        "kind": kind,
        "sent": day.isoformat(),
        "answered": None,
        "score": None,
        "scale": scale,
    }
    history = stage.facts.surveys[f"tables:{key}"] = [
        (at(day, 15, 20), Survey(account, project, occasion, kind, day, scale))
    ]
    keep(stage, "survey", key, at(day, 15, 20), row)
    answered = day + (1 + place % 6) * DAY
    if place % 4 == 2 or answered > TODAY:
        return
    score = 1 + (place * 7 + place // 5) % scale
    keep(stage, "survey", key, at(answered, 15, 25), row | {"answered": answered.isoformat(), "score": score})
    history.append((at(answered, 15, 25), Survey(account, project, occasion, kind, day, scale, answered, score)))

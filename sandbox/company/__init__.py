"""The pretend company: three years of customers, projects and hours with known answers.

`build` plants it; the world goes to the sandbox's servers, the ledger to the tests.
"""

import random
from datetime import date, timedelta

from sandbox.company import adoption, autumn, blemishes, closeouts, contacts, stalls, surveys
from sandbox.company.accounts import add_account, currency_of
from sandbox.company.commissions import pay
from sandbox.company.customers import ARCS, OPEN_ENDED
from sandbox.company.days import BIRTH, DEMO_DAYS, add_months
from sandbox.company.ledger import Ledger
from sandbox.company.portfolio import run_projects
from sandbox.company.staff import hire
from sandbox.company.stage import Stage
from sandbox.company.tickets import ask_for_help
from sandbox.world import World

__all__ = ["DEMO_DAYS", "Ledger", "build"]


def build(accounts: int = 200, seed: int = 7) -> tuple[World, Ledger]:
    """Plant a company of about `accounts` customers; the same arguments give the same world.

    Its history runs from late 2023 to Friday 20 November 2026; the stories of the autumn of 2026 are planted once,
    whatever the size.
    """
    stage = Stage(random.Random(seed))
    hire(stage)
    buyers = []
    for place in range(accounts):
        arc = ARCS[(place + place // len(ARCS)) % len(ARCS)]
        months = 33 if arc in OPEN_ENDED else 24  # the others turn within the year after their start
        start = add_months(date(2023, 12, 1 + place % 14), stage.rng.randrange(months))
        buyers.append(add_account(stage, max(start - timedelta(days=45), BIRTH)))
        price = stage.rng.randrange(200_00, 2_000_00, 25)
        if currency_of(stage, buyers[-1]) == "JPY":
            price = price * 3 // 2
        arc(stage, buyers[-1], start, price)
    autumn.plant(stage)
    run_projects(stage, buyers)
    closeouts.plant(stage)
    stalls.block(stage)
    pay(stage)
    contacts.plant(stage)
    adoption.plant(stage)
    surveys.plant(stage)
    blemishes.ties(stage)
    ask_for_help(stage, buyers)
    blemishes.check_quiet(stage)
    return stage.world, Ledger(stage.facts)

"""What a person sees of a soak: a line a round, what was different and how to play it again, and a table in the end."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.soak.plan import DIALECTS, EVENTS, Round
from tests.soak.play import Played

SHOWN = 5  # differences of a round


@dataclass
class Report:
    """The rounds to play and those played."""

    seed: int
    kills: int
    rounds: Sequence[Round]
    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    played: list[Played] = field(default_factory=list)
    is_stopped: bool = False  # by a person: the rounds under way are the last
    began: float = field(default_factory=time.monotonic)

    def begin(self) -> None:
        self.console.print(
            f"[bold]{kills(self.rounds)} kills in {len(self.rounds)} rounds[/], seed {self.seed}. After each round "
            "the warehouse must be that of an installation that was left alone."
        )

    def tell(self, played: Played) -> None:
        """One line of a round, and what was different."""
        self.played.append(played)
        one = played.round
        met = f"{len(one.passing)} faults" + (f" and {one.lasting}" if one.lasting else "")
        how = f"killed at {', '.join(played.moments)}, {met}, {played.seconds:.0f} s"
        mark = "[red]✗[/]" if played.problems else "[green]✓[/]"
        place = f"{len(self.played)}/{len(self.rounds)}"
        self.console.print(f"{mark} {place:>7}  round {one.number:<3} {one.dialect:<10}  {one.phase:<11}  {how}")
        for problem in played.problems[:SHOWN]:
            self.console.print(f"    {escape(problem)}")
        if len(played.problems) > SHOWN:
            self.console.print(f"    and {len(played.problems) - SHOWN} more")
        if played.problems:
            self.console.print(f"    again: make soak SEED={self.seed} KILLS={self.kills} ONLY={one.number}")

    def end(self) -> int:
        """The table by phase and warehouse; the exit code."""
        table = Table("killed in", "warehouse", "rounds", "kills", "minutes", "different")
        for phase in EVENTS:
            for dialect in DIALECTS:
                mine = [one for one in self.played if (one.round.phase, one.round.dialect) == (phase, dialect)]
                table.add_row(phase, dialect, *sums(mine))
        table.add_section()
        table.add_row("all", "", *sums(self.played))
        self.console.print(table)
        minutes = (time.monotonic() - self.began) / 60
        self.console.print(f"seed {self.seed}, {minutes:.0f} minutes on the clock")
        return int(len(self.played) < len(self.rounds) or any(one.problems for one in self.played))


def sums(played: Sequence[Played]) -> tuple[str, ...]:
    """Rounds, kills, minutes and rounds with a difference."""
    minutes = sum(one.seconds for one in played) / 60
    different = sum(bool(one.problems) for one in played)
    return f"{len(played)}", f"{kills(one.round for one in played)}", f"{minutes:.1f}", f"{different}"


def kills(rounds: Iterable[Round]) -> int:
    return sum(len(one.aims) for one in rounds)

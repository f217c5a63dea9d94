"""What a long start is doing: bars with the seconds on a terminal, elsewhere one line when a task begins."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TypeAlias

from sekretarka.cli import startup

Report: TypeAlias = Callable[[float], None]  # takes the share that is done, 0 to 1
Begin: TypeAlias = Callable[[str], Report]  # takes what the task is called


@contextlib.contextmanager
def shown() -> Iterator[Begin]:
    """Show the tasks that are begun inside, from any thread, on standard error; the bars are gone at the end."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(24), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:

        def begin(name: str) -> Report:
            if bars.disable:
                startup.print_status(f"{name} ...")
            task = bars.add_task(name, total=1.0)
            return lambda share: bars.update(task, completed=share)

        yield begin

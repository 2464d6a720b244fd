"""Answers fetched by several threads, given in the order of the questions."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


def in_order(
    ask: Callable[[Question], Answer], questions: Iterable[Question], threads: int
) -> Generator[Answer, None, None]:
    """The answer to each question, while at most `threads` further ones are being fetched or wait to be taken.

    An error is raised at its question's turn; questions under way then end their course first and the rest is not
    asked.

    Args:
        ask: Called in the threads, in the caller's context: Prefect's says which run a log line belongs to.
        questions: Taken as they are needed, in the caller's thread.
        threads: How many ask at the same time.
    """
    pool, asked = ThreadPoolExecutor(threads), deque[Future[Answer]]()
    try:
        for question in questions:
            asked.append(pool.submit(copy_context().run, ask, question))
            if len(asked) > threads:
                yield asked.popleft().result()
        while asked:
            yield asked.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)

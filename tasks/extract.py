"""Pulling, as Prefect tasks: one a source entity."""

from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.settings import settings
from tasks.errors import AuthError, LakeAccessError, QuotaError, UnreachableError
from tasks.run import Run
from tasks.sources.pull import Pulled, entities, pull


def entities_of(source: str) -> tuple[str, ...]:
    """The entities of a source, in the order they are pulled."""
    return entities(source, settings())


def stops_source(error: BaseException) -> bool:
    """Whether pulling the source's other entities would fail in the same way."""
    return isinstance(error, AuthError | QuotaError | UnreachableError | LakeAccessError)


def _is_worth_a_retry(_task: Any, _run: Any, state: Any) -> bool:
    """Only a host that did not answer: the client has already waited out what passes by itself."""
    return isinstance(state.result(raise_on_failure=False), UnreachableError)


@task(
    task_run_name="pull-{source}-{entity}",
    retries=1,
    retry_delay_seconds=20,
    retry_jitter_factor=0.5,
    retry_condition_fn=_is_worth_a_retry,
    timeout_seconds=2 * 3600,
    cache_policy=NO_CACHE,
)
def pull_entity(source: str, entity: str, run: Run) -> Pulled:
    """Pull what changed in one entity of one source into the lake."""
    return pull(source, entity, settings=settings(), now=run.known_at, run_id=run.run_id)

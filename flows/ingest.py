"""Pull what changed in one source into the lake."""

from prefect import flow
from prefect.states import Completed, Failed, State

from config.settings import settings
from tasks.alert import tell_pulls
from tasks.extract import entities_of, pull_entity, stops_source
from tasks.publish import prepare_stores, record_pulls
from tasks.run import this_run


@flow(flow_run_name="ingest-{source}", timeout_seconds=2 * 3600)
def ingest(source: str, entities: list[str] | None = None) -> State:
    """Pull what changed in one source into the lake, entity by entity.

    An entity that cannot be pulled does not stop the others; wrong credentials, a silent host or a used-up daily
    limit stop the source. Either way the run ends as failed and says which, and the cursors of what was read stay.
    Its result is the number of entities that were pulled.

    Args:
        source: The name of a configured source (config/baton.yaml).
        entities: Only these entities; all of the source's by default.
    """
    run = this_run()
    prepare_stores()
    pulled, failures = [], {}
    for entity in entities or entities_of(source):
        state = pull_entity(source, entity, run, return_state=True)
        if state.is_completed():
            pulled.append(state.result())
            continue
        failures[entity] = state.result(raise_on_failure=False)
        if stops_source(failures[entity]):
            break
    record_pulls(run, source, pulled, failures)
    tell_pulls(run, source, failures)
    if failures:
        reasons = "; ".join(f"{entity}: {error}" for entity, error in failures.items())
        return Failed(message=f"{source} is partly pulled. {reasons}", data=len(pulled))
    rows = sum(result.appended for result in pulled)
    message = f"{source}: {rows:,} changed rows from {settings().sources[source].vendor}"
    return Completed(message=message, data=len(pulled))

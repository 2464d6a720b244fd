"""How an org's records of the closing of a delivery become core rows: one query a table.

See `tasks/core/salesforce.py` for the names the queries use.
"""

from tasks.core.mapping import Mapping

VERSION = "v._version, v._deleted, v._updated_at, v._extracted_at, v._hash, v._unreadable"

SUCCESS_PLAN = f"""
SELECT '{{instance}}:' || v.id AS success_plan_id,
       '{{instance}}:' || v.opportunity_id AS opportunity_id,
       local_date(v.created_at) AS created_date,
       {VERSION}
FROM {{raw}}.success_plan v
"""

CLOSING = (Mapping("success_plan", SUCCESS_PLAN, is_optional=True),)

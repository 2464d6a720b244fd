"""The faults of a Salesforce org alone: name -> the requests that show it, and whether it lasts until cleared."""

from collections.abc import Mapping

ORG: Mapping[str, tuple[str, bool]] = {
    "clock_skew": ("oauth2", True),  # the org's clock is `seconds` ahead of the one that made a JWT
    "unapproved_user": ("oauth2", True),  # the user of a JWT is not pre-authorised for the app
    "others_used": ("/v", False),  # other apps have used `rows` more of the day's requests
    "bulk_unsupported": ("/jobs/query", True),  # the Bulk API does not serve this object
    "bulk_jobs_used": ("/jobs/query", True),  # the day's 10,000 jobs are used up
    "bulk_failed": ("/jobs/query", False),  # the job ends as Failed, with an error message
    "bulk_timeout": ("/jobs/query", False),  # as Failed, because it found more than `over` rows
    "bulk_aborted": ("/jobs/query", False),  # as Aborted: by a person in the org
    "bulk_stuck": ("/jobs/query", False),  # it stays in InProgress
    "deletes_refused": ("/deleted", True),  # the log of deletions would list too many ids
    "deletes_forgotten": ("/deleted", True),  # it reaches back `seconds` only
    "results_empty": ("/results", False),  # a 204 in place of a page of results
    "header_once": ("/results", True),  # only the first page of results has the CSV header
    "locator_absent": ("/results", True),  # the last page says nothing instead of `null`
}

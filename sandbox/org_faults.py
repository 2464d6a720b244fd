"""The faults of a Salesforce org alone: name -> the requests that show it, and whether it lasts until cleared."""

from collections.abc import Mapping

ORG: Mapping[str, tuple[str, bool]] = {
    "clock_skew": ("oauth2", True),  # the org's clock is `seconds` ahead of the one that made a JWT
    "unapproved_user": ("oauth2", True),  # the user of a JWT is not pre-authorised for the app
    "others_used": ("/v", False),  # other apps have used `rows` more of the day's requests
}

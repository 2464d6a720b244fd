"""What can go wrong, as one short tree; every message says what to do.

BatonError
├── ConfigError            a setting, a policy or a field mapping is wrong
├── SourceError            a vendor could not be read
│   ├── AuthError          the credentials are wrong, expired or lack a scope
│   ├── UnreachableError   the host does not answer
│   ├── QuotaError         the vendor's daily limit is used up: try again tomorrow
│   └── ContractError      the vendor answered something that its documentation rules out
├── LakeError              the lake refused a write
│   └── LakeAccessError    the lake's folder or bucket cannot be reached with these credentials
├── NewerError             a newer version of this code wrote the lake, the warehouse or a backup
├── BackupError            a backup is not whole, or does not fit this installation
├── GateError              a blocking check failed: the publish is withheld
└── WarehouseError         the warehouse could not be reached or written
    └── LockedError        another run is writing it
"""


class BatonError(Exception):
    """Something a person must put right; the message names the remedy, never a secret."""


class ConfigError(BatonError):
    """A setting, a policy or a field mapping is wrong."""


class SourceError(BatonError):
    """A vendor could not be read."""


class AuthError(SourceError):
    """The credentials are wrong, expired or lack a scope."""


class UnreachableError(SourceError):
    """The host does not answer."""


class QuotaError(SourceError):
    """The vendor's daily limit is used up."""


class ContractError(SourceError):
    """The vendor answered something that its documentation rules out."""


class LakeError(BatonError):
    """The lake refused a write."""


class LakeAccessError(LakeError):
    """The lake's folder or bucket cannot be reached with these credentials."""


class NewerError(BatonError):
    """A newer version of this code wrote the lake, the warehouse or a backup: it is neither read nor written."""


class BackupError(BatonError):
    """A backup is not whole, or does not fit this installation."""


class GateError(BatonError):
    """A blocking check failed: the publish is withheld and the last good one stays."""


class WarehouseError(BatonError):
    """The warehouse could not be reached or written."""


class LockedError(WarehouseError):
    """Another run is writing the warehouse."""

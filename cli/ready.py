"""What must be right before anything is started: the configuration files, read and checked."""

from config.policy import Policy, policy
from config.settings import Settings, settings
from tasks.alerts.routing import Routing, routing
from tasks.warehouse.connect import Warehouse, warehouse


def ready() -> tuple[Settings, Policy, Routing, Warehouse]:
    """The configuration, every file of it.

    Raises:
        ConfigError: the first thing that is wrong.
    """
    return settings(), policy(), routing(), warehouse(settings())

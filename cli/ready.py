"""What must be right before anything is started: the configuration files, read and checked."""

from config.policy import Policy, policy
from config.settings import Settings, config_path, settings
from tasks.alerts.routing import Routing, routing
from tasks.errors import ConfigError
from tasks.warehouse.connect import Warehouse, warehouse


def ready() -> tuple[Settings, Policy, Routing, Warehouse]:
    """The configuration, every file of it.

    Raises:
        ConfigError: the first thing that is wrong.
    """
    return ready_settings(), policy(), routing(), warehouse(settings())


def ready_settings() -> Settings:
    """The settings, from a file that is there; without one no source would be configured, and nothing would fail.

    Raises:
        ConfigError: the file is missing or wrong.
    """
    if not config_path().is_file():
        raise ConfigError(f"{config_path()} does not exist: correct BATON_CONFIG, or unset it for config/baton.yaml.")
    return settings()

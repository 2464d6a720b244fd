"""The Spark session: a local one, a cluster's, or a Spark Connect server's, by its URL."""

import warnings
from collections.abc import Mapping
from typing import Final

from config.settings import Settings
from tasks.errors import ConfigError

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)  # of pandas 3, which is not used with Spark
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

CONF: Final[Mapping[str, str]] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.constraintPropagation.enabled": "false",  # with it Spark 4.3 cannot plan a union of checkpoints
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
LOCAL: Final[Mapping[str, str]] = {
    "spark.driver.memory": "4g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


def session(settings: Settings) -> SparkSession:
    """The session of `spark_url`, made when there is none.

    Raises:
        ConfigError: there is no Java for a local master, or nothing answers at the URL.
    """
    url = settings.spark_url
    builder = SparkSession.builder.appName("baton")
    builder = builder.remote(url) if url.startswith("sc://") else builder.master(url)
    try:
        return builder.config(map=_conf(settings)).getOrCreate()
    except PySparkException as error:
        raise ConfigError(
            f"spark_url gives no session ({type(error).__name__}): a local master needs Java 17 or later (JAVA_HOME), "
            "any other URL a server that runs and answers."
        ) from None


def _conf(settings: Settings) -> dict[str, str]:
    """What the session is told; the installation's `spark_conf` has the last word."""
    conf = {**CONF, **settings.spark_conf}
    if settings.spark_url.startswith("sc://"):  # the server keeps what it was started with, but for a session's own
        return {name: value for name, value in conf.items() if name.startswith("spark.sql.")}
    if settings.spark_url.startswith("local"):
        spill = str(settings.home / "spill")
        return {**LOCAL, "spark.local.dir": spill, "spark.sql.warehouse.dir": spill, **conf}
    return conf

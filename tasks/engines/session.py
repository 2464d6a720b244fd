"""The Spark session: a local one, a cluster's, or a Spark Connect server's, by its URL."""

import warnings
from collections.abc import Mapping
from typing import Final

from config.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)  # of pandas 3, which is not used with Spark
    from pyspark.sql import SparkSession

CONF: Final[Mapping[str, str]] = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


def session(settings: Settings) -> SparkSession:
    """The session of `spark_url`, made when there is none; a local master gets the workbench's memory limit.

    A Spark Connect server keeps the settings it was started with, but for those of a session.
    """
    builder = SparkSession.builder.appName("baton")
    conf = {**CONF, "spark.driver.memory": settings.memory_limit, **settings.spark_conf}
    if settings.spark_url.startswith("sc://"):
        builder = builder.remote(settings.spark_url)
        conf = {name: value for name, value in conf.items() if name.startswith("spark.sql.")}
    else:
        builder = builder.master(settings.spark_url)
    for name, value in conf.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()

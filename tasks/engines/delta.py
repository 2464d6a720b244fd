"""Reading the lake with Spark, without Delta's own Spark package, which comes from Maven only.

`deltalake` names the table's active files, and Spark reads these Parquet files with the table's schema: columns that
an older file lacks are null. Baton's tables have no partition columns, whose values would stand in the paths only.
A lake in an object store needs that store's Hadoop connector in the Spark installation.
"""

import json
from datetime import datetime

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.types import StructType

from tasks.lake.places import opened


def read_versions(spark: SparkSession, lake: str, instance: str, entity: str, known_at: datetime) -> DataFrame:
    """Every version of every record extracted at or before `known_at`, as `tasks.lake.read.versions`.

    Raises:
        LakeError: the entity was never pulled.
    """
    table = opened(lake, instance, entity)
    schema = StructType.fromJson(json.loads(table.schema().to_json()))  # Delta writes a schema as Spark does
    files = table.file_uris()
    rows = spark.read.schema(schema).parquet(*files) if files else spark.createDataFrame([], schema)
    return rows.where(f.col("_extracted_at") <= f.lit(known_at))

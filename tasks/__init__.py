"""Files here are Prefect tasks; folders are plain Python and never import Prefect."""

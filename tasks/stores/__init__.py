"""The lake and the warehouse together: of one version at the start of a run, saved in one folder, restored from it."""

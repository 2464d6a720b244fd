"""The deployable flows, one file each."""

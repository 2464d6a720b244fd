"""Alerts: what is wrong with the runs or the business, said once per cause, and taken back when it is over."""

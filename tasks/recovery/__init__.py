"""Backup and restore of an installation: its warehouse and its lake, in one folder that says what it holds."""

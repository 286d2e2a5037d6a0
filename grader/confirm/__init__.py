"""Confirming a pass from outside the box: the parent chooses the schedules, keeps the locks, looks for races."""

"""Heads, neurons and circuits silenced and driven (W04-W06, O06)."""

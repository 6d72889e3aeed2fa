"""The registered claims judged once more under other defensible choices: how many verdicts stay as they are."""

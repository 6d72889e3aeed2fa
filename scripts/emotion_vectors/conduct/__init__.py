"""What emotion vectors do to blackmail, people-pleasing and reward hacking (A19-A29, S04)."""

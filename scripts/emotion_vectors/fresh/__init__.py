"""Own replies to fresh events: their slopes along the vectors of both papers, and three arms (W02b, W03b, W08b, O04b)."""

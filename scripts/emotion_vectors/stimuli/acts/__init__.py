"""Acts: short plain replies whose act is crossed with their tone, to situations in several contexts; their table and their items."""

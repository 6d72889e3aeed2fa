"""What is read where: at the end of a user's turn, before the reply, and in the reply that follows (Sofroniew et al. 2026, 2.2, 2.3)."""

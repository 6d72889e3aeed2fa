"""What every step reads, writes and says: files, their schemas and provenance, the frame of a step, errors that a user can mend."""

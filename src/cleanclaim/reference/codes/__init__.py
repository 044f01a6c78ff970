"""What the tables say of a code: look-ups and searches, names, descriptors read, similar codes, changes over time."""

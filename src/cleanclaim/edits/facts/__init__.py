"""The fact groups: one file each, with its head. See `cleanclaim.edits.dictionary`."""

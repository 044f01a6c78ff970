"""The edits that ship with cleanclaim: one page each, in a folder per family."""

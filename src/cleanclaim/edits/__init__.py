"""Edits: the language they are written in, the facts they read, their pages, the plan that runs them, and findings."""

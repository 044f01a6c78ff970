"""The edit language: boolean SQL over named facts, three-valued and monotone, checked before anything runs."""

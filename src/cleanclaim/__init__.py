"""cleanclaim: physician-administered drugs, billed and paid right."""

__version__ = "0.1.0"

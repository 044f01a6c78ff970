"""Files of claims: bytes to claim tables and back. One package or module per format."""

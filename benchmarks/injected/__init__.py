"""Independent fault-injection benchmark for a scrubber of physician-administered drug claims."""

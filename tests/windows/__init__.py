"""Windows on other systems: imitated in one process, and under Wine."""

"""The national records of a package: its metadata (GB/T 42727), its encapsulation (DA/T 48), its preservation events."""

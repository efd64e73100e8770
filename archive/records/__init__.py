"""The national records of a package: metadata (GB/T 42727), encapsulation (DA/T 48), preservation events."""

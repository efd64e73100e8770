"""Settings, addresses and entry points of the web process; the only reader of the environment."""

"""Why no engine can read: set up wrongly, never the document's fault. Whoever reads waits until it is put right."""


class EngineUnavailable(Exception):  # noqa: N818 - reads as the fact it states
    """No engine can be had; the message says what to do."""

    code = "engine-unavailable"


class EngineUnknown(EngineUnavailable):
    """No engine has this name."""

    code = "engine-unknown"


class EngineNotInstalled(EngineUnavailable):
    """The package this engine needs is not installed."""

    code = "engine-not-installed"


class EngineRefused(EngineUnavailable):
    """The package this engine needs is installed in a version that does not work."""

    code = "engine-refused"

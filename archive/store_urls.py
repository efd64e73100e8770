"""Opening the store that a setting names."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from archive.local_store import LocalStore
from archive.s3_store import S3Store
from archive.store import ObjectStore, StoreError

OPTIONS = ("secure", "region", "ca", "create", "side_door")
"""What may stand behind the ? of an `s3://` address."""


class BadStoreUrl(StoreError):  # noqa: N818
    """The URL names no store we know."""

    code = "store-bad-url"


def open_store(url: str, root: Path | None = None) -> ObjectStore:
    """A store from `file:///path`, `file:name` (under `root`) or `s3://key:secret@host:port/bucket?secure=0`.

    Options of `s3://`: `secure` (1), `region` (us-east-1), `ca` (a file of root certificates), `create` (0: the
    bucket must be there; 1: make it with object lock), `side_door` (address of a file interface to the same bytes,
    such as http://filer:8888; the probe tries to delete through it). Key and secret are
    percent-encoded. Raises BadStoreUrl.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        path = Path(unquote(parts.path))
        if parts.netloc or not parts.path or (not path.is_absolute() and root is None):
            raise BadStoreUrl(f"{url!r}: write file:///absolute/folder, or file:folder with a root")
        return LocalStore(path if root is None else root / path)
    if parts.scheme != "s3":
        raise BadStoreUrl(f"store of kind {parts.scheme!r}; write file:///folder or s3://key:secret@host:port/bucket")
    bucket = parts.path.strip("/")
    if not (parts.hostname and parts.username and parts.password and bucket and "/" not in bucket):
        raise BadStoreUrl("an s3 store needs s3://key:secret@host:port/bucket")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    unknown = options.keys() - set(OPTIONS)
    if unknown:
        raise BadStoreUrl(
            f"unknown options {', '.join(sorted(unknown))}; known are secure, region, ca, create, side_door"
        )
    store = S3Store(
        parts.netloc.rpartition("@")[2],
        unquote(parts.username),
        unquote(parts.password),
        bucket,
        secure=options.get("secure", "1") != "0",
        region=options.get("region", "us-east-1"),
        ca_file=options.get("ca"),
        side_door=options.get("side_door", ""),
    )
    if options.get("create") == "1":
        store.ensure_bucket()
    return store

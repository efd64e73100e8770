"""Ways round an S3 bucket's lock that leave the object alone: its bucket, its rules, the files below the gateway."""

import urllib3
from minio import Minio
from minio.error import S3Error

from archive.store import Locked, StoreError, Unavailable

SIDE_DOOR_SECONDS = 10.0
"""A file interface in the same network answers at once or is not there."""
_SUCCESS = range(200, 300)


def remove_bucket(client: Minio, bucket: str) -> None:
    """Try to remove the bucket with what lies in it. Raises Locked where the server refuses."""
    try:
        client.remove_bucket(bucket)
    except S3Error as error:
        raise Locked(f"{error.code}") from error


def refuse_without_rules(client: Minio, bucket: str) -> None:
    """Return where a rule lets objects of the bucket expire; raises Locked where none does.

    A lock keeps such a version, but a delete marker hides it from every reader.
    """
    try:
        config = client.get_bucket_lifecycle(bucket)
    except S3Error as error:
        if error.code == "NotImplemented":
            raise Locked("the server knows no such rules") from error
        raise StoreError(f"the rules of the bucket cannot be read: {error.code}") from error
    expiring = [
        rule.rule_id or "unnamed"
        for rule in (config.rules if config else [])
        if rule.status == "Enabled" and (rule.expiration or rule.noncurrent_version_expiration)
    ]
    if not expiring:
        raise Locked("no rule lets objects expire")


def delete_by_side_door(address: str, bucket: str, key: str) -> None:
    """Delete the object's folder where the gateway keeps its files, without any key.

    Raises:
        Locked: the file interface refuses, or cannot be reached from here, which is as it should be.
    """
    folder = key.rpartition("/")[0]
    pool = urllib3.PoolManager(retries=False, timeout=SIDE_DOOR_SECONDS)
    try:
        answer = pool.request("DELETE", f"{address.rstrip('/')}/buckets/{bucket}/{folder}?recursive=true")
    except urllib3.exceptions.HTTPError as error:
        raise Locked(f"cannot be reached: {type(error).__name__}") from error
    if answer.status >= 500:  # noqa: PLR2004 - HTTP's own number
        raise Unavailable(f"the side door answers {answer.status}; try again")
    if answer.status not in _SUCCESS:
        raise Locked(f"refused with {answer.status}")

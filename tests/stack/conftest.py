"""The servers that tests of the whole stack run against."""

from tests.stack.servers import minio_endpoint, seaweedfs, seaweedfs_endpoint

__all__ = ["minio_endpoint", "seaweedfs", "seaweedfs_endpoint"]

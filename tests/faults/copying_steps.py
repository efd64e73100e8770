"""Steps at an archive of two sites, each in a process of its installation: `python -m tests.faults.copying_steps …`."""

import json
import sys

import django

django.setup()

from archive import digest_bytes, object_key  # noqa: E402
from workers import tasks, zone  # noqa: E402

SIZE = 64 << 10


def fill(count: str) -> int:
    """Objects in a new archive, none of them at the second site yet, and the job that copies them."""
    for number in range(int(count)):
        data = number.to_bytes(4, "big") * (SIZE // 4)
        zone("archive").put(object_key(digest_bytes(data).sha256), data, if_absent=True)
    tasks.replicate()
    return int(count)


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"fill": fill}[sys.argv[1]](*sys.argv[2:])) + "\n")

"""What a careless logger could write down, for tests that plant secrets and look for them."""

import traceback


def everything(error: BaseException) -> str:
    """All of an error: its chain, whether hidden or not, with every local of every frame outside the tests."""
    told: list[str] = []
    seen: set[int] = set()
    queue: list[BaseException | None] = [error]
    while queue:
        one = queue.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        frames = traceback.TracebackException(type(one), one, one.__traceback__, capture_locals=True)
        told += [repr(one), str(one), repr(one.args), repr(vars(one))]
        # the test's own frames know the secret, of course
        told += [f"{f.name} {f.locals}" for f in frames.stack if "/tests/" not in f.filename]
        queue += [one.__cause__, one.__context__]
    return "\n".join(told)

"""Packages beside a package: what followed it, each naming the one before by digest, and the packages inside it."""

from collections.abc import Iterator, Sequence

from archive.offline.lines import MANIFEST, Line, Package


def check_beside(packages: Sequence[Package]) -> Iterator[Line]:
    """Lines about the first package and those beside it; each of them was judged by itself before."""
    known = {package.sha256: package for package in packages if package.sha256}
    first = packages[0]
    linked = {first.sha256}
    yield from _children(first, known, linked)
    before = first.manifest.get("previous_manifest_sha256")
    if before and before not in known:
        yield Line("chain", "note", MANIFEST, f"它补充的档案未一并给出 (what it follows was not given): {before}")
    yield from _followers(first, packages, linked)
    for package in packages[1:]:
        if package.sha256 not in linked:
            what = "与第一件档案没有衔接 (does not belong to the first package)"
            yield Line("chain", "failed", package.folder, what)


def _followers(first: Package, packages: Sequence[Package], linked: set[str]) -> Iterator[Line]:
    """Walk from a package to the one that names it, to the one that names that."""
    newest, count = first, 0
    while True:
        following = [
            package
            for package in packages
            if newest.sha256 and package.manifest.get("previous_manifest_sha256") == newest.sha256
            and package.sha256 not in linked
        ]  # fmt: skip
        if not following:
            break
        linked.update(package.sha256 for package in following)
        wrong = [one for one in following if one.manifest.get("previous_package") != newest.manifest.get("package")]
        if len(following) > 1 or wrong:
            names = "、".join(package.folder for package in following)
            yield Line("chain", "failed", names, f"不止一件、或以别名接在 {newest.folder} 之后 (forked or misnamed)")
            return
        newest, count = following[0], count + 1
    if count:
        yield Line("chain", "ok", newest.folder, f"{count} 件补充归档依次衔接 (follow one another)")
    else:
        yield Line(
            "chain", "note", first.folder, "未给出后续的补充归档；有无变动请另查 (nothing that followed was given)"
        )


def _children(first: Package, known: dict[str, Package], linked: set[str]) -> Iterator[Line]:
    children = first.manifest.get("children") or []
    for child in children if isinstance(children, list) else []:
        sha256 = str(child.get("manifest_sha256")) if isinstance(child, dict) else ""
        name = str(child.get("archive_number") or child.get("package")) if isinstance(child, dict) else ""
        if sha256 in first.inside:
            continue
        if sha256 in known:
            linked.add(sha256)
            yield Line("children", "ok", known[sha256].folder, f"是清单所列的子档案 {name} (the child it names)")
        else:
            yield Line("children", "note", name, f"子档案未一并给出，只有摘要 {sha256} (not given, by digest only)")

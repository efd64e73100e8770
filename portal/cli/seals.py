"""`yidang seals`: the register of seals from the command line, as its keeper works on it."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from django.utils import timezone
from rich.console import Console

from portal.cli import EXIT_NO, setup_django
from portal.cli.casework import account

out = Console()
MOST_USES = 50
_label = click.argument("label")
_as = click.option("--as", "user", default=None, help="Account to act as; by default the first keeper of seals.")
_json = click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
_reason = click.option("--reason", required=True, help="Why; kept in the seal's history.")


@click.group()
def seals() -> None:
    """Seals: who may use them, what they look like, what was done with them."""
    setup_django()
    from workers import prepare

    prepare()


@seals.command(name="list")
@_json
def list_(as_json: bool) -> None:  # noqa: FBT001
    """All seals: label, code, owner, state, end of the certificate, place of the key."""
    from signing import Seal
    from workers import seal_json

    rows = [seal_json(seal) for seal in Seal.objects.order_by("label")]
    if as_json:
        _print(rows)
        return
    for row in rows:
        two = "，双人用印" if row["two_person"] else ""
        _say(
            f"{row['label']}　{row['code']}　{row['owner']}　{row['state_name']}　"
            f"证书至 {row['valid_until'][:10]}　{row['key_place']}{two}"
        )


@seals.command()
@_label
@_json
def show(label: str, as_json: bool) -> None:  # noqa: FBT001
    """One seal with its certificate, history and grants."""
    from workers import grants_json, history_json, seal_json

    seal = _seal(label)
    found = seal_json(seal) | {"history": history_json(seal), "grants": grants_json(seal)}
    if as_json:
        _print(found)
        return
    for name, key in (
        ("印章", "label"), ("编码", "code"), ("所有者", "owner"), ("状态", "state_name"), ("用于", "items"),
        ("双人用印", "two_person"), ("图像", "picture"), ("证书", "certificate"), ("有效期自", "valid_from"),
        ("有效期至", "valid_until"), ("密钥位置", "key_place"),
    ):  # fmt: skip
        _say(f"{name}：{found[key]}")
    for row in found["history"]:
        _say(f"  {row['at'][:19]} {row['before'] or '—'} → {row['after']} {row['by']} {row['reason']}")
    for row in found["grants"]:
        until = row["ends_at"][:10] or "—"
        _say(f"  授权 {row['id']}：{row['to']} {row['item'] or '全部事项'} {row['starts_at'][:10]} 至 {until}")


@seals.command()
@_label
@click.option("--owner", required=True, help="Name of the office.")
@click.option("--uscc", required=True, help="Its credit code.")
@click.option(
    "--item", "items", multiple=True, required=True, help="Item code, 通知书, 盖章副本 or 会签：ITEM; may be repeated."
)
@click.option("--place", default="", help="Where its key lies, as for `yidang keys place`; else a test key is made.")
@_as
def new(label: str, user: str | None, **given: Any) -> int:
    """Register a new seal, drawn to the usual form."""
    from workers import enter_seal

    facts = {"owner": given["owner"], "owner_uscc": given["uscc"], "items": list(given["items"])}
    return _try(lambda: enter_seal(label, place=given["place"], by=_keeper(user), **facts))


def _state(name: str, state: str, words: str) -> None:
    @seals.command(name=name, help=words)
    @_label
    @_reason
    @_as
    def change(label: str, reason: str, user: str | None) -> int:
        from workers import put_seal

        seal = _seal(label)
        return _try(lambda: put_seal(seal, state, reason=reason, by=_keeper(user)))

    del change


_state("suspend", "suspended", "Nothing is sealed with it from now on; what was approved waits.")
_state("restore", "active", "A suspended seal is in force again; what waits goes on.")
_state("lost", "lost", "Report a seal lost; it never comes back.")
_state("destroy", "destroyed", "Destroy a seal, for good.")


@seals.command()
@_label
@click.option("--user", "to_user", default="", help="An account.")
@click.option("--group", "to_group", default="", help="Everybody of a role, such as officer.")
@click.option("--item", default="", help="Item code, 通知书 or 会签：ITEM; without it, all the seal is for.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Last day; without it, until withdrawn.")
@_as
def grant(label: str, user: str | None, **given: Any) -> int:
    """Let an account or a role use the seal; from the first grant on, nobody else may."""
    from workers import grant_seal

    seal = _seal(label)
    until: dt.datetime | None = given["until"]
    ends = timezone.make_aware(until) + dt.timedelta(days=1) if until else None
    to = {
        "user": account(given["to_user"], "") if given["to_user"] else None,
        "group": _group(given["to_group"]) if given["to_group"] else None,
    }
    return _try(lambda: grant_seal(seal, item=given["item"], ends_at=ends, by=_keeper(user), **to))


@seals.command()
@_label
@click.argument("grant", type=int)
@_as
def withdraw(label: str, grant: int, user: str | None) -> int:
    """Take a grant back, by its number in `yidang seals show`."""
    from workers import withdraw_grant

    given = _seal(label).grants.filter(pk=grant).first()
    if given is None:
        raise click.UsageError(f"“{label}”没有编号为 {grant} 的授权")
    return _try(lambda: withdraw_grant(given, by=_keeper(user)))


@seals.command()
@_label
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", "-o", "target", type=click.Path(path_type=Path), help="Write the picture there, change nothing.")
@_as
def picture(label: str, file: Path | None, target: Path | None, user: str | None) -> int:
    """Take FILE (PNG with alpha) as the seal's picture; without FILE, draw it to the usual form."""
    from workers import picture_of, set_picture

    seal = _seal(label)
    if target:
        target.write_bytes(picture_of(seal))
        return 0
    return _try(lambda: set_picture(seal, file.read_bytes() if file else None, by=_keeper(user)))


@seals.command(name="two-person")
@_label
@click.argument("switch", type=click.Choice(["on", "off"]))
@_as
def two_person(label: str, switch: str, user: str | None) -> int:
    """Whether a second officer has to release each use of the seal."""
    from workers import set_two_person

    seal = _seal(label)
    return _try(lambda: set_two_person(seal, two_person=switch == "on", by=_keeper(user)))


@seals.command()
@_label
@click.option("--result", default="", help="begun, failed, sealed, valid, invalid or unknown.")
@click.option("--most", default=MOST_USES, show_default=True)
@_json
def uses(label: str, result: str, most: int, as_json: bool) -> None:  # noqa: FBT001
    """The uses of a seal, newest first: when, for what, on whose word, the digests, and the result."""
    from workers import use_json

    rows = _seal(label).uses.select_related("by", "released_by")
    found = [use_json(row) for row in (rows.filter(result=result) if result else rows)[:most]]
    if as_json:
        _print(found)
        return
    for row in found:
        why = f"　{row['failures'][-1]['text']}" if row["result"] == "failed" else ""
        _say(f"{row['used_at'][:19]}　{row['kind_name']} {row['number']}　{row['by']}　{row['result_name']}{why}")


def _try(act: Callable[[], object]) -> int:
    from signing import KeyUnusable, SealChangeRefused

    try:
        act()
    except (SealChangeRefused, KeyUnusable) as reason:
        _say(f"{reason} [{reason.code}]")
        return EXIT_NO
    _say("已登记")
    return 0


def _seal(label: str) -> Any:
    from signing import Seal

    seal = Seal.objects.filter(label=label).first()
    if seal is None:
        known = "、".join(Seal.objects.values_list("label", flat=True))
        raise click.UsageError(f"没有名为“{label}”的印章；现有：{known}")
    return seal


def _keeper(user: str | None) -> Any:
    """Whoever acts has to be a keeper of seals, here as on the pages."""
    from portal.roles import Role, roles_of

    found = account(user, Role.KEEPER.value)
    if Role.KEEPER not in roles_of(found):
        raise click.UsageError(f"账号 {found.get_username()} 不是印章管理员")
    return found


def _group(name: str) -> Any:
    from django.contrib.auth.models import Group

    found = Group.objects.filter(name=name).first()
    if found is None:
        raise click.UsageError(f"没有岗位 {name}；现有：{'、'.join(Group.objects.values_list('name', flat=True))}")
    return found


def _print(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False))


def _say(text: str) -> None:
    out.print(text, highlight=False, markup=False)

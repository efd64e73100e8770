"""Who may be given what of an archived file, for which purpose: the named rules of use (档案利用)."""

from collections.abc import Collection

from django.db import models

ARCHIVIST, OFFICER = "archivist", "officer"
MAY_ASK = (ARCHIVIST, OFFICER)
"""Roles that may look at what is archived at all; a window reuses materials, and looks at nothing else."""

LEAST_WORDS, MOST_WORDS = 4, 150
"""Characters of what the purpose is in the person's own words: a word says nothing, an essay is not read."""

MOST_CASE_NUMBER = 26
"""Characters of a case's number, as the cases bear it."""


class Purpose(models.TextChoices):
    """利用目的: why somebody wants to see a file."""

    CASE = "case", "办理业务"
    REFERENCE = "reference", "工作查考"
    PARTY = "party", "当事人查询"
    AUTHORITY = "authority", "司法、监察、审计调取"
    VERIFICATION = "verification", "档案核验"
    OTHER = "other", "其他"


class Form(models.TextChoices):
    """利用方式: a marked copy, the same under the archive's seal (where a sharing rule says so), or the bytes."""

    COPY = "copy", "利用副本"
    SEALED = "sealed", "盖章副本"
    ORIGINAL = "original", "原件"


CHOSEN = (Form.COPY, Form.ORIGINAL)
"""What a person chooses from; whether a copy is sealed is for the rule to say."""


PLAIN_SIGHT = frozenset({Purpose.AUTHORITY, Purpose.VERIFICATION})
"""明示规则: only an archivist, and only for an authority that asks by law or for verifying the archive itself, is given
a copy with the personal identifiers on it, or the original bytes. Everybody else's copy is masked, and never leaves as
an original."""


class NotPermittedError(Exception):
    """What was asked for is not given; the message says why and what to do instead."""

    code = "use-not-permitted"


class UnreadableRequestError(NotPermittedError):
    """A field of the request is not what it should be; the message says which and how to write it."""

    code = "use-not-readable"


def is_masked(roles: Collection[str], purpose: Purpose) -> bool:
    """Whether the copy hides personal identifiers (rule PLAIN_SIGHT)."""
    return not (ARCHIVIST in roles and purpose in PLAIN_SIGHT)


def check_request(
    roles: Collection[str], purpose: str, words: str, case_number: str, form: str
) -> tuple[Purpose, Form]:
    """The purpose and form that were asked for.

    Raises:
        NotPermittedError: nobody of these roles is shown files, no purpose, no words for it, or an original for which
            rule PLAIN_SIGHT does not hold.
        UnreadableRequestError: a case number that none has.
    """
    if not set(roles) & set(MAY_ASK):
        raise NotPermittedError("只有档案和部门岗位可以利用档案，请由他们代为查阅")
    if purpose not in Purpose.values:
        raise NotPermittedError("请选择利用目的；没有目的不提供档案")
    if not LEAST_WORDS <= len(words) <= MOST_WORDS:
        raise NotPermittedError(f"请用{LEAST_WORDS}至{MOST_WORDS}个字写明利用目的，如“核对消防设计变更范围”")
    if purpose == Purpose.CASE and not case_number:
        raise NotPermittedError("办理业务请填写办件编号")
    if len(case_number) > MOST_CASE_NUMBER:
        raise UnreadableRequestError(f"办件编号不超过 {MOST_CASE_NUMBER} 个字符，请核对后再填，一次只填一件")
    if form not in CHOSEN:
        raise NotPermittedError("请选择利用副本或原件")
    if form == Form.ORIGINAL and is_masked(roles, Purpose(purpose)):
        raise NotPermittedError("原件只向档案岗位提供，且限于司法、监察、审计调取或档案核验；其他情况请利用副本")
    return Purpose(purpose), Form(form)

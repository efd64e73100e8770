"""The project's code (扫码亮证): project code and 统一社会信用代码 in one signed token, for the board at the site.

Who has it can show it, nobody can make one up; it says nothing that the board does not, and no table is behind it.
"""

from signing.answer_key import AnswerForged, AnswerKey, open_answer

_PROJECT, _OWNER = "project", "uscc"


def project_token(project_code: str, owner_uscc: str, key: AnswerKey) -> str:
    """The token; the same project and owner give the same one."""
    return key.sign({_PROJECT: project_code, _OWNER: owner_uscc})


def open_project_token(token: str, key: AnswerKey) -> tuple[str, str] | None:
    """Project code and 统一社会信用代码 of a token that this key signed; None for any other text."""
    try:
        said = open_answer(token, key.jwk)
    except AnswerForged:
        return None
    if set(said) != {_PROJECT, _OWNER}:  # an answer of the same key is no token
        return None
    return str(said[_PROJECT]), str(said[_OWNER])


def project_url(base: str, token: str) -> str:
    """The address that shows the certificates of a project, such as https://host/p/<token>."""
    return f"{base.rstrip('/')}/p/{token}"

"""The settings of a copier.yml: https://copier.readthedocs.io/en/stable/configuring/#available-settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.core.model import Json

_WORDS = {bool: "true or false", str: "text", list: "a list", dict: "a mapping", int: "a number", float: "a number"}

SETTINGS: Mapping[str, tuple[type, ...]] = {
    "_answers_file": (str,),
    "_conflict": (str,),
    "_context_lines": (int,),
    "_envops": (dict,),
    "_exclude": (list, str),
    "_external_data": (dict,),
    "_jinja_extensions": (list,),
    "_message_after_copy": (str,),
    "_message_after_update": (str,),
    "_message_before_copy": (str,),
    "_message_before_update": (str,),
    "_migrations": (list,),
    "_min_copier_version": (str, float, int),
    "_preserve_symlinks": (bool,),
    "_secret_questions": (list,),
    "_skip_if_exists": (list, str),
    "_subdirectory": (str,),
    "_tasks": (list,),
    "_templates_suffix": (str,),
}
"""Each with the types that its value may have; null stands for none given."""


def problem_with_setting(key: str, value: Json) -> str:
    """What a setting must be and is not; empty when it is fine, or nobody knows it."""
    wanted = SETTINGS.get(key)
    if (
        wanted is None
        or value is None
        or (isinstance(value, wanted) and (bool in wanted or not isinstance(value, bool)))
    ):
        return ""
    return f"must be {' or '.join(dict.fromkeys(_WORDS[kind] for kind in wanted))}"

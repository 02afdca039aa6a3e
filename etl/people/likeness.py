"""What two names have in common: keys that find names of one person, and companies compared."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from db.text_index import normalize
from etl.people.names import Reading, surname_length

PERSONAL, NICKNAME = "personal name", "nickname"

# Log-likelihood ratios that two names with the same key are one person's: hundreds of people
# share a community, some of them a given name of one character.
LONG_PERSONAL, SHORT_PERSONAL, GLUED_PERSONAL = 8.0, 5.5, 6.0
LONG_NICKNAME, SHORT_NICKNAME = 5.0, 4.0

_CHINESE = re.compile(r"[\u3400-\u9fff]")
# What many companies are called; what is left tells them apart.
_GENERIC = re.compile(
    "支付|金融|科技|银行|集团|公司|有限|股份|网络|信息|技术|数科|金服|数据|服务|互联|电子|电商|"
    "中国|总行|分行|北京|上海|深圳|杭州|广州"
)


class NameKey(NamedTuple):
    """Something in a name that finds its other names; the weight of having it in common."""

    kind: str
    text: str
    weight: float


def keys_of(reading: Reading) -> tuple[NameKey, ...]:
    """The keys of a name, each once."""
    if reading.personal:
        return (_personal(reading.personal),)
    found = (_nickname(reading.nickname or ""), _glued(reading))
    return tuple(key for key in found if key is not None)


def other_personal_name(one: Reading, other: Reading) -> bool:
    """Whether two names have full personal names that differ."""
    a, b = one.personal, other.personal
    # mostly they are compared because they are the same
    return bool(a and b and a != b and normalize(a) != normalize(b))


def same_company(one: str, other: str) -> bool | None:
    """Whether two companies are one, as people abbreviate them; None where they do not tell."""
    a, b = sorted((_core(one), _core(other)), key=len)
    if not a:
        return None
    return a in b or (a[0] == b[0] and _is_subsequence(a, b))


@lru_cache(maxsize=50_000)
def _core(company: str) -> str:
    """What tells a company from others: its name without what many are called."""
    folded = re.sub(r"\W", "", normalize(company))
    return _GENERIC.sub("", folded)


def _is_subsequence(short: str, long: str) -> bool:
    signs = iter(long)
    return all(sign in signs for sign in short)


def _personal(name: str) -> NameKey:
    folded = normalize(name)
    return NameKey(PERSONAL, folded, LONG_PERSONAL if len(folded) > 2 else SHORT_PERSONAL)


def _nickname(name: str) -> NameKey | None:
    folded = re.sub(r"[\W\d_]", "", normalize(name))
    enough = 2 if _CHINESE.search(folded) else 3
    if len(folded) < enough:
        return None
    long = len(folded) > enough or enough == 2
    return NameKey(NICKNAME, folded, LONG_NICKNAME if long else SHORT_NICKNAME)


def _glued(reading: Reading) -> NameKey | None:
    """The personal name that may begin a part without a separator: `林望秋青禾银行`."""
    first = reading.parts[0] if reading.parts else ""
    length = surname_length(first)
    if not length or len(first) < length + 3:
        return None
    return NameKey(PERSONAL, normalize(first[: length + 2]), GLUED_PERSONAL)

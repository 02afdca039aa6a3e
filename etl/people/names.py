"""What a name says of its bearer: people here write nickname-company-role-city, more or less.

Roles and places are known by lists, companies by how they end, by their place among the parts and
by what other names show. What nothing tells is left open: None is right where a reader is unsure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

# Longer parts are sentences, not words of the lists; the limit also keeps the time linear.
_LONGEST = 24
# Longer Chinese ones hold more than the company (青禾支付商户运营木石).
_LONGEST_COMPANY = 12
_LONGEST_UNKNOWN = 8
# Behind a surname: a given name and the shortest company.
_GLUED = 5
# What says that there is a company, not which.
_NO_COMPANIES = ("公司", "集团", "银行", "有限公司")

# What GBK lacks became `?`; a keycap emoji leaves its digit: `2?1?`.
_LOST = re.compile(r"(?:\?|(?<![0-9])[0-9]\?)+")
_LOST_INSIDE = re.compile(r"(?<=[^\W_])\?+(?=[^\W_])")
# Controls, and signs that only direct or join: names that look the same read the same.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_DASH = re.compile(r"[-－–—_|｜～~/]")
# `+` is part of some brands when doubled.
_PART = re.compile(
    r"((?:[^-－–—―‐_|｜¦～~∼〜/／\\、，,;；:：@＠()（）\[\]【】{}｛｝<>《》「」“”\"?·•・‧+\s]"
    r"|\+\++|\+(?=$))+)"
)
_OPENING = re.compile(r"[(（\[【{｛<《「“]")
# These stand inside nicknames too, so they part nothing where no part is known.
_WEAK = re.compile(r"[\s?·•・‧、，,]*")
_LATIN = re.compile(r"[A-Za-z0-9.'+]+")
_CJK = re.compile(r"[\u3400-\u9fff]")
_NAMED_WITH_TAIL = re.compile(r"([\u3400-\u9fff]{2,4})(?:[A-Za-z][A-Za-z. ]*|[0-9]+)?")
_CALLED = re.compile(r"[小老阿][\u3400-\u9fff]{1,2}")
_GIVEN_NAME = re.compile(r"[A-Z][a-z]+")
# 王先生 is a way to call somebody, no full name.
_CALLING = frozenset(
    [
        "先生",
        "女士",
        "小姐",
        "同学",
        "老师",
        "经理",
        "总",
        "哥",
        "姐",
        "爷",
        "叔",
        "工",
        "董",
        "某",
        "某某",
    ]
)

# Of words of roles together, the first of these that is among them says what they make.
_KINDS = ("role", "field", "level", "link", "join")


class Reading(NamedTuple):
    """What a name says; None where it says nothing, or nothing sure.

    ``personal`` is a full Chinese name of a person; ``parts`` are the pieces between separators,
    as written but for lost emoji.
    """

    nickname: str | None
    company: str | None
    role: str | None
    city: str | None
    personal: str | None
    parts: tuple[str, ...]


class _Sense(NamedTuple):
    """What a part may be by itself; ``open`` is one that only its surroundings can tell.

    ``stems`` are the ways to cut a role or a place off its end: what stands before, and either.
    """

    kind: str
    company: str | None = None
    role: str | None = None
    city: str | None = None
    personal: str | None = None
    nickname: str | None = None
    stems: tuple[tuple[str, str | None, str | None], ...] = ()


# What nothing but the surroundings can tell.
_OPEN = _Sense("open")


class _Part(NamedTuple):
    text: str
    sense: _Sense
    weak: bool  # only a space or the like stands before it
    aside: bool  # it stands in brackets


class _Gap(NamedTuple):
    """What stands between two parts: only a space or the like, nothing but spaces, a bracket."""

    weak: bool
    blank: bool
    opening: bool


def read_names(names: Iterable[str]) -> dict[str, Reading]:
    """Each name's reading, in the light of all of them; the order of the names changes nothing."""
    visible = {name: _INVISIBLE.sub("", name) for name in names}
    parted = {name: _parts(seen) for name, seen in visible.items()}
    alone = {
        name: _read(visible[name], parts, [part.sense for part in parts])
        for name, parts in parted.items()
    }
    known = _companies(alone.values())
    readings = {}
    for name, parts in parted.items():
        is_one = len(parts) == 1
        resolved = [_resolved(part, known, is_one) for part in parts]
        # in most names no company is known that they do not show themselves
        same = resolved == [part.sense for part in parts]
        readings[name] = alone[name] if same else _read(visible[name], parts, resolved)
    return readings


def surname_length(text: str) -> int:
    """How many characters at its beginning are a surname; 0 if none."""
    known = _surnames()
    return next((size for size in (2, 1) if text[:size] in known), 0)


def _companies(readings: Iterable[Reading]) -> frozenset[str]:
    """What, in lower case, is more often the company than the nickname of a name read alone."""
    companies: Counter[str] = Counter()
    called: Counter[str] = Counter()
    for reading in readings:
        if reading.nickname:
            called[reading.nickname.lower()] += 1
        if reading.company and _is_evidence(reading):
            companies[reading.company] += 1
    shown: Counter[str] = Counter()
    for company, count in companies.items():
        for form in {form.lower() for form in _forms(company)}:
            shown[form] += count
    return frozenset(form for form, count in shown.items() if count > called[form])


def _is_evidence(reading: Reading) -> bool:
    """Whether the company is a part by itself, of its ending or in the place of companies."""
    if reading.company not in reading.parts:
        return False
    if reading.personal or _is_company(reading.company):
        return True
    return reading.parts[:2] == (reading.nickname, reading.company)


def _forms(company: str) -> Iterator[str]:
    """The company's name, and the short one without what it does (青禾银行, 青禾)."""
    yield company
    match = _company_pattern().fullmatch(company[: _LONGEST + 1])
    if match and match["stem"] and _sense(match["stem"]) == _OPEN:
        yield match["stem"]


def _parts(name: str) -> list[_Part]:
    """The pieces between separators; Latin words that nothing tells apart stay together."""
    pieces = _PART.split(_without_lost(name))
    parts: list[_Part] = []
    between = ""
    for gap, piece in zip(pieces[::2], pieces[1::2], strict=False):
        between += gap
        sense = _word(piece)
        if sense is None:
            between += piece
            continue
        weak, blank, opening = _gap(between)
        between = ""
        if blank and parts and _are_one(parts[-1], piece, sense):
            joined = f"{parts[-1].text} {piece}"
            parts[-1] = parts[-1]._replace(text=joined, sense=_OPEN)
        else:
            parts.append(_Part(piece, sense, weak, opening and bool(parts)))
    return parts


@lru_cache(maxsize=10_000)
def _word(piece: str) -> _Sense | None:
    """What a piece between separators may be; None where it has neither letter nor digit."""
    return _sense(piece) if any(map(str.isalnum, piece)) else None


@lru_cache(maxsize=1000)
def _gap(between: str) -> _Gap:
    weak = _WEAK.fullmatch(between) is not None
    return _Gap(weak, between.isspace(), _OPENING.search(between) is not None)


def _without_lost(name: str) -> str:
    """The name without its lost emoji, unless emoji are all that parts it (林秋?青禾?产品)."""
    if "?" not in name:
        return name
    between = len(_LOST_INSIDE.findall(name)) > 1 and not _DASH.search(name)
    return _LOST.sub("?" if between else "", name)


def _are_one(before: _Part, piece: str, sense: _Sense) -> bool:
    if before.sense.kind != "open" or sense.kind != "open" or len(before.text) > _LONGEST:
        return False
    return bool(_LATIN.fullmatch(before.text.replace(" ", "")) and _LATIN.fullmatch(piece))


# --- the parts together -------------------------------------------------------------------------


def _read(name: str, parts: list[_Part], resolved: list[_Sense]) -> Reading:
    """The reading of one name, given what each part is by itself or by what other names show."""
    senses = _in_place(resolved)
    called = _nickname_at(parts, senses)
    company = _company(parts, senses, called)
    if company in _NO_COMPANIES or (called is None and _may_hold_a_name(company or "")):
        company = None
    nickname = personal = None
    if called is not None:
        personal = senses[called].personal
        nickname = senses[called].nickname or personal or parts[called].text
        if not personal and all(sense.kind == "open" for sense in senses) and not company:
            nickname = _bare(name, parts)
    return Reading(
        nickname,
        company,
        _role(parts, senses, company),
        _city(senses),
        personal,
        tuple([part.text for part in parts]),
    )


def _may_hold_a_name(company: str) -> bool:
    """Whether what ends as a company may begin with the name of who is there (林望秋青禾银行)."""
    length = surname_length(company)
    return length > 0 and len(company) >= length + _GLUED


def _resolved(part: _Part, known: Collection[str], alone: bool) -> _Sense:
    """The part's sense, with what other names show."""
    text, sense = part.text, part.sense
    if sense.kind not in ("open", "glued") or not known:
        return sense
    # a name of one part is the person's, even if a company is called so
    if sense.kind == "open" and not alone and text.lower() in known:
        return _Sense("company", company=text)
    for stem, role, city in reversed(sense.stems):
        if stem.lower() in known:
            return _Sense("glued", company=stem, role=role, city=city or sense.city)
    if sense.kind == "open" and 4 <= len(text) <= _LONGEST:
        for cut in (len(text) - 2, len(text) - 3):
            company, nickname = text[:cut], text[cut:]
            if company.lower() in known:
                personal = _personal(nickname)
                if personal or _CALLED.fullmatch(nickname):
                    return _Sense("named", company, personal=personal, nickname=nickname)
    return sense


def _in_place(senses: list[_Sense]) -> list[_Sense]:
    """The senses, corrected where the other parts show that a part is not what it looks like."""
    if len(senses) < 2:
        return senses
    kinds = [sense.kind for sense in senses]
    if "role" in kinds:
        # a name has one role: what only ends as one is something else (木石结算-产品)
        senses = [_OPEN if s.kind == "glued" and not s.company else s for s in senses]
    first = senses[0]
    if first.kind == "city" and first.personal and not {"open", "named"} & set(kinds):
        return [_Sense("open", personal=first.personal), *senses[1:]]
    return senses


def _nickname_at(parts: list[_Part], senses: list[_Sense]) -> int | None:
    """Which part is the nickname: a person's name, else the first part, else the only one left."""
    if _second_is_doubtful(parts, senses):
        return 0
    for aside in (False, True):
        for at, sense in enumerate(senses):
            if sense.kind == "named":
                return at
            if sense.kind == "open" and sense.personal and parts[at].aside is aside:
                return at
    left = [at for at, sense in enumerate(senses) if sense.kind == "open" and not parts[at].aside]
    return left[0] if left and (left[0] == 0 or len(left) == 1) else None


def _second_is_doubtful(parts: list[_Part], senses: list[_Sense]) -> bool:
    """Whether what looks like a person's name stands where companies do (薄荷-青石-产品)."""
    if len(parts) < 3 or senses[0].kind != "open" or senses[0].personal:
        return False
    second = senses[1].personal
    if second is None or parts[1].weak or parts[1].aside:
        return False
    return len(second) == 2 or _CJK.search(parts[0].text) is not None


def _company(parts: list[_Part], senses: list[_Sense], called: int | None) -> str | None:
    """The company: a part that is one, else one glued to a role, else the only part left."""
    telling = [sense for sense in senses if sense.company]
    if telling:
        return next((s.company for s in telling if s.kind == "company"), telling[0].company)
    left = [
        at
        for at, sense in enumerate(senses)
        if sense.kind == "open" and at != called and not parts[at].aside
    ]
    if called is None or len(left) != 1 or not _may_be_company(parts, senses, called, left[0]):
        return None
    return parts[left[0]].text


def _may_be_company(parts: list[_Part], senses: list[_Sense], called: int, at: int) -> bool:
    """Whether the only part left beside the nickname is in a place where companies stand."""
    text = parts[at].text
    if len(text) < 2 or len(text) > (_LONGEST if text.isascii() else _LONGEST_UNKNOWN):
        return False
    if all(sense.kind == "open" for sense in senses):
        after_name = at == called + 1 and senses[called].personal is not None
        return after_name and bool(_CJK.search(text)) and senses[at].personal is None
    if senses[at].personal and not senses[called].personal:
        return False
    if at == 0:
        # an alias before the person's name looks the same
        return called > 1
    return at == called + 1 or not _GIVEN_NAME.fullmatch(text)


def _role(parts: list[_Part], senses: list[_Sense], company: str | None) -> str | None:
    """The role as written: a part that is one, else one glued to something, else a field."""
    telling = [at for at, sense in enumerate(senses) if sense.role]
    for kind in ("role", "glued", "field") if telling else ():
        for at in telling:
            if senses[at].kind == kind:
                # what stands before it is no company's name where the company is another part
                whole = kind == "glued" and company and not senses[at].company
                return parts[at].text if whole else senses[at].role
    return None


def _city(senses: list[_Sense]) -> str | None:
    """The first city; a wider place where there is none."""
    telling = [sense for sense in senses if sense.city]
    if not telling:
        return None
    return next((sense.city for sense in telling if sense.kind != "wider"), telling[0].city)


def _bare(name: str, parts: list[_Part]) -> str:
    """The nickname in a name that says nothing else: all of it, unless dashes part it."""
    whole = " ".join(_LOST.sub("", name).split())
    if len(parts) > 1 and (not _CJK.search(whole) or all(part.weak for part in parts)):
        return whole
    return parts[0].text


# --- one part by itself -------------------------------------------------------------------------


def _sense(text: str) -> _Sense:
    """What a part is by the lists and its ending alone."""
    if len(text) > _LONGEST:
        return _OPEN
    place = _place(text)
    if place is not None:
        return _Sense(place[1], city=place[0], personal=_personal(text))
    starts = _role_starts(text)
    if 0 in starts and starts[0] in ("role", "field"):
        return _Sense(starts[0], role=text)
    personal = _personal(text)
    # the Latin word behind a name may be a role (林秋PM is open to both, so it is glued)
    if personal is not None and (len(personal) == len(text) or not starts):
        return _Sense("open", personal=personal)
    if _is_company(text):
        return _Sense("company", company=text)
    glued = _glued(text, starts)
    return glued if glued.company else _with_place(text) or glued


def _place(text: str) -> tuple[str, str] | None:
    """The place, and whether it is a ``city``, that a whole part names, be a province before it."""
    places = _places()
    lower = text.lower()
    place = places.get(lower) or (places.get(lower[:-1]) if lower[-1:] in ("市", "省") else None)
    if place or len(text) < 4:
        return place
    for size in (2, 3):
        if text[:size] in places:
            return places.get(text[size:].removesuffix("市"))
    return None


def _with_place(text: str) -> _Sense | None:
    """A role or company with a place glued to it (PM深圳, 上海产品)."""
    begins, ends = _place_edges()
    cuts = range(2, min(len(text) - 1, 6))
    for cut in cuts if text[-1].lower() in ends else ():
        city = _place(text[-cut:])
        if city is not None and _is_boundary(text, len(text) - cut):
            inner = _sense(text[:-cut])
            if inner.kind in ("role", "field", "company", "glued"):
                return inner._replace(city=city[0])
            return _Sense("open", stems=((text[:-cut], None, city[0]),))
    for cut in cuts if text[0].lower() in begins else ():
        city = _place(text[:cut])
        if city is not None and _is_boundary(text, cut):
            inner = _sense(text[cut:])
            if inner.kind == "role":
                return inner._replace(city=city[0])
    return None


def _glued(text: str, starts: dict[int, str]) -> _Sense:
    """A part that ends as a role, with the company before it where its ending shows one."""
    cuts = [start for start in sorted(starts) if start and starts[start] == "role"]
    if not cuts:
        return _OPEN
    stems = tuple((text[:cut].removesuffix("的"), text[cut:], None) for cut in cuts)
    for stem, role, _ in stems:
        if _is_company(stem) or _starts_with_place(stem):
            return _Sense("glued", company=stem, role=role, stems=stems)
    return _Sense("glued", role=stems[0][1], stems=stems)


def _starts_with_place(text: str) -> bool:
    """Whether it is a place and a proper word: companies are registered somewhere (深圳橡树)."""
    return len(text) >= 4 and text[:2] in _places()


def _is_company(text: str) -> bool:
    """Whether it ends as companies do, and says more than what such companies do."""
    match = _company_pattern().fullmatch(text)
    if match is None or (len(text) > _LONGEST_COMPANY and not text.isascii()):
        return False
    return _role_starts(match["stem"] or text).get(0) is None


def _is_boundary(text: str, at: int) -> bool:
    """Whether no Latin word runs across this position; a number may end there (12PM)."""
    before, after = text[at - 1], text[at]
    if not (before.isascii() and after.isascii() and before.isalnum()):
        return True
    return before.isdigit() and after.isalpha()


def _role_starts(text: str) -> dict[int, str]:
    """From where on the text is made of words of roles only, with what they make together."""
    lower = text.lower()
    size = len(text)
    # a letter whose lower case is longer would shift all positions
    if lower[-1] not in _role_edges() or len(lower) != size:
        return {}
    words, longest = _role_words()
    made = {size: ""}
    opening: set[int] = {0}
    for start in range(size - 1, -1, -1):
        for end in range(start + 1, min(start + longest, size) + 1):
            kind = words.get(lower[start:end]) if end in made else None
            if kind is None or (kind == "join" and end == size):
                continue
            if start and not _is_boundary(text, start):
                continue
            made[start] = min(kind, made[end] or kind, made.get(start, kind), key=_KINDS.index)
            if end - start > 1 and kind in ("role", "field", "level"):
                opening.add(start)
    return {start: kind for start, kind in made.items() if kind and start in opening}


def _personal(text: str) -> str | None:
    """The full Chinese name that the part is, a Latin one or a number behind it left aside."""
    match = _NAMED_WITH_TAIL.fullmatch(text)
    if match is None:
        return None
    name = match[1]
    surnames, endings = _surnames(), _endings()
    for size in (2, 1):
        given = name[size:]
        if name[:size] in surnames and len(given) in (1, 2) and given not in _CALLING:
            if size == 1 and len(given) == 1 and surnames[name[:1]] == "word":
                return None
            is_company = given in endings or name in endings or given[1:] in ("网", "付")
            return None if is_company else name
    return None


@cache
def _places() -> dict[str, tuple[str, str]]:
    """Each written form, in lower case, with its place and whether that is a city."""
    places: dict[str, tuple[str, str]] = {}
    for name, forms, kind in _table("cities.tsv"):
        for form in (name, *forms.split()):
            places.setdefault(form.lower(), (name, kind or "city"))
    return places


@cache
def _place_edges() -> tuple[frozenset[str], frozenset[str]]:
    """The signs that places begin and end with: most parts need no closer look."""
    begins = frozenset(form[0] for form in _places())
    return begins, frozenset(form[-1] for form in _places()) | {"市", "省"}


@cache
def _role_edges() -> frozenset[str]:
    return frozenset(word[-1] for word in _role_words()[0])


@cache
def _role_words() -> tuple[dict[str, str], int]:
    """The words of roles in lower case with their kinds, and the length of the longest."""
    words = {word.lower(): kind for word, kind in _table("roles.tsv")}
    return words, max(map(len, words))


@cache
def _surnames() -> dict[str, str]:
    return dict(_table("surnames.tsv"))


@cache
def _endings() -> frozenset[str]:
    return frozenset(ending for (ending,) in _table("endings.tsv"))


@cache
def _company_pattern() -> re.Pattern[str]:
    """What ends as a company; its ``stem`` is the name without what it does."""
    endings = "|".join(sorted(_endings()))
    return re.compile(
        rf"(?P<stem>.{{2,}}?)(?:{endings})(?:有限)?(?:公司|集团)?"
        r"|[工农中建交招]行|.{2,}网|.+(?:pay|bank|\.com|\.cn)",
        re.IGNORECASE,
    )


def _table(name: str) -> list[list[str]]:
    text = resources.files("etl.people").joinpath(name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]

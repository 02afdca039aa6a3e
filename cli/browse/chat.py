"""Messages as bubbles: what the pages that show a chat give to the macros of ``_chat.html``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from cli.browse.appearance import colour, initial, rich_text, web_address
from cli.browse.visit import Visit
from cli.marks import marks, reply_with_offset
from db.reader import emoji_signs
from db.search.highlight import spans
from db.search.language import Text
from db.transcript import SpeakerCard, TranscriptMessage, speaker_cards

# The account that exported the chat; its bubbles stand on the right, as they did on its phone.
ME = "我"
# A longer silence shows the time between the bubbles.
_SILENCE_MINUTES = 30


class Quoted(NamedTuple):
    """A quote: whose, what, and where the message that it is of stands, if it is known."""

    name: Markup
    text: Markup
    address: str | None


class Shown(NamedTuple):
    """A picture: our own file's address or the one it was shared under, whichever may load.

    ``show`` is this page's address with the pictures of other hosts.
    """

    name: str
    source: str | None
    remote: str | None
    host: str
    show: str


class Bubble(NamedTuple):
    """A message, ready to be shown; ``anchor`` is its key's last part, unique in its day."""

    key: str
    anchor: str
    address: str
    time: str
    sent_at: str
    kind: str
    text: Markup
    quote: Quoted | None
    picture: Shown | None
    link: str | None
    host: str


class Group(NamedTuple):
    """What somebody wrote in a row; ``pause`` is the time after a silence, else empty."""

    name: str | None
    card: SpeakerCard | None
    address: str
    colour: str
    initial: str
    mine: bool
    pause: str
    bubbles: list[Bubble]


def groups(
    visit: Visit, messages: Sequence[TranscriptMessage], texts: Iterable[Text] = ()
) -> list[Group]:
    """Messages of a day as groups; what a search looked for is marked."""
    (found,) = excerpts(visit, [messages], texts)
    return found


def excerpts(
    visit: Visit, parts: Sequence[Sequence[TranscriptMessage]], texts: Iterable[Text] = ()
) -> list[list[Group]]:
    """Several parts of days, each as groups of its own; what a search looked for is marked."""
    speakers = (m.speaker for part in parts for m in part if m.speaker is not None)
    cards = speaker_cards(visit.connection, speakers)
    signs = emoji_signs(visit.connection)
    wanted = list(texts)

    def as_groups(messages: Sequence[TranscriptMessage]) -> list[Group]:
        found: list[Group] = []
        before: TranscriptMessage | None = None
        for message in messages:
            pause = before is None or _minutes(message) - _minutes(before) >= _SILENCE_MINUTES
            if before is None or pause or message.speaker != before.speaker:
                found.append(_group(visit, message, cards, message.sent_at[11:16] if pause else ""))
            found[-1].bubbles.append(bubble(visit, message, signs, wanted))
            before = message
        return found

    return [as_groups(messages) for messages in parts]


def bubble(
    visit: Visit, message: TranscriptMessage, signs: Mapping[str, str], texts: list[Text]
) -> Bubble:
    """A message, ready to be shown."""
    said, offset = reply_with_offset(message)
    found = spans(said, texts) if texts else ()
    link = message.links[0] if message.kind == "link" and message.links else None
    return Bubble(
        message.key,
        message.key.rpartition("/")[2],
        visit.addresses.message(message.key),
        message.sent_at[11:16],
        message.sent_at,
        message.kind,
        rich_text(
            said,
            list(marks(message, said, offset)) if link is None else (),
            addresses=visit.addresses,
            emoji=signs,
            found=found,
        ),
        _quoted(visit, message, signs, texts),
        _picture(visit, message),
        web_address(link.url) if link else None,
        link.host if link else "",
    )


def _group(
    visit: Visit,
    message: TranscriptMessage,
    cards: Mapping[str, SpeakerCard],
    pause: str,
) -> Group:
    """A group yet without its bubbles."""
    name = message.speaker
    if name is None:
        return Group(None, None, "", "", "", False, pause, [])
    card = cards.get(name)
    person = card.person if card else name
    shown = card.nickname if card and card.nickname else name
    return Group(
        name,
        card,
        visit.addresses.person(name),
        colour(person),
        initial(shown),
        name == ME,
        pause,
        [],
    )


def _quoted(
    visit: Visit, message: TranscriptMessage, signs: Mapping[str, str], texts: list[Text]
) -> Quoted | None:
    quote = message.quote
    if quote is None:
        return None
    address = None if quote.key is None else visit.addresses.message(quote.key)
    name, text = (
        rich_text(
            said, addresses=visit.addresses, emoji=signs, found=spans(said, texts) if texts else ()
        )
        for said in (quote.name, quote.text)
    )
    return Quoted(name, text, address)


def _picture(visit: Visit, message: TranscriptMessage) -> Shown | None:
    picture = message.picture
    if picture is None:
        return None
    return shown_picture(visit, picture.name, picture.url)


def shown_picture(visit: Visit, name: str, url: str) -> Shown:
    """A picture, from our own file where there is one."""
    if visit.pictures.find(name) is not None:
        return Shown(name, visit.addresses.picture(name), None, "", "")
    remote = web_address(url)
    host = remote.split("/")[2] if remote else ""
    source = remote if visit.remote_images else None
    return Shown(name, source, remote, host, visit.again(pictures="show"))


def _minutes(message: TranscriptMessage) -> int:
    return int(message.sent_at[11:13]) * 60 + int(message.sent_at[14:16])

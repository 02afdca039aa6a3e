-- Times are local wall-clock text (2031-02-03 07:35:57): they sort, and SQLite's date functions
-- take them as they are; a room's time zone is in rooms.timezone.

create table rooms (
  -- A chat group.
  id integer primary key, -- the room's number
  slug text not null unique, -- short name, from the folder its pages were in
  title text, -- what people call it, from archive.toml
  timezone text -- IANA name of the zone its times are in, from archive.toml
) strict;

create table loads (
  -- One row per run of `etl load`.
  id integer primary key, -- the run's number
  started_at text not null, -- UTC
  finished_at text, -- UTC; empty while the run goes on, or if it was killed
  version text not null, -- of this program
  arguments text not null, -- the paths and options it was given, as JSON
  outcome text not null check (outcome in ('running', 'done', 'problems', 'interrupted')), -- running, done, problems (some input was bad) or interrupted
  report text -- the counts it ended with, as JSON
) strict;

create table sources (
  -- A version of a day's file that was loaded: where it was, and what it takes to write it again.
  id integer primary key, -- the version's number
  load_id integer not null references loads (id), -- the run that loaded it
  path text not null, -- absolute, where it was last seen; undecodable bytes as \xNN
  sha256 text not null, -- of its bytes
  size integer not null, -- in bytes
  mtime_ns integer not null, -- when it was last modified: nanoseconds since 1970
  format text not null, -- the name of its format
  newline text not null check (newline in ('lf', 'crlf')), -- how its lines end
  byte_order_mark integer not null check (byte_order_mark in (0, 1)), -- whether it starts with one
  escape_depth integer not null -- how many levels of HTML escaping its text had
) strict;
create index sources_path on sources (path);
create index sources_load_id on sources (load_id);

create table days (
  -- A room's day: one page.
  id integer primary key, -- the day's number
  room_id integer not null references rooms (id), -- its room
  date text not null, -- YYYY-MM-DD
  title text, -- from the front matter
  presenter text, -- who gave that day's talk, as the front matter names them
  declared_lines integer, -- the exporter's own count; a signal, equal to the messages on few days
  front_matter text, -- verbatim, both --- included; empty where it is in rejects
  source_id integer not null references sources (id), -- the version that is loaded
  messages integer not null, -- how many it has
  first_message_id integer, -- least and greatest id of its messages: a range to look in
  last_message_id integer, -- see first_message_id
  unique (room_id, date)
) strict;
create index days_date on days (date);
create index days_source_id on days (source_id);

create table speakers (
  -- One row per name that messages were exported under.
  id integer primary key, -- the name's number
  name text not null unique, -- without outer spaces
  nickname text, -- what the name says of the person: filled by etl people
  company text, -- as nickname
  role text, -- as nickname
  city text -- as nickname
) strict;

create table messages (
  -- Every message, in the order of its page.
  id integer primary key, -- stays with the message when its day is exported again
  key text not null unique, -- room/date/HHMMSS-n: the n-th message of that second
  day_id integer not null references days (id), -- its day
  position integer not null, -- place on the page, from 1; a reject takes a place too
  sent_at text not null, -- YYYY-MM-DD HH:MM:SS, the room's wall clock
  speaker_id integer references speakers (id), -- empty for a system notice
  kind text not null check (kind in ('text', 'image', 'link', 'file', 'notice', 'missing')), -- missing: the exporter dropped what it was (voice, video, red packet)
  text text not null, -- what a person reads: a link's or file's title; '' for a picture
  body text, -- verbatim, still escaped; empty where the page has none
  verbatim text, -- the whole message, only where the page's template would not give it back
  reply_to integer references messages (id), -- the message it quotes: filled by etl people
  first_line integer not null, -- in its page, from 1
  last_line integer not null -- of it, blank lines included
) strict;
create index messages_day_id on messages (day_id, position);
create index messages_speaker_id on messages (speaker_id);
create index messages_sent_at on messages (sent_at);
create index messages_reply_to on messages (reply_to) where reply_to is not null;

create table images (
  -- A picture, known by its file name: its URL changed host and folder over the years.
  id integer primary key, -- the picture's number
  name text not null unique, -- file name, its identity
  taken_at text -- from the name: YYYY-MM-DD HH:MM:SS
) strict;

create table image_urls (
  -- Every URL a picture was ever seen under.
  id integer primary key, -- the URL's number
  image_id integer not null references images (id), -- the picture
  url text not null, -- as written on a page
  unique (image_id, url)
) strict;

create table message_images (
  -- Which message shows which picture, and under which URL.
  message_id integer primary key references messages (id), -- the message
  image_id integer not null references images (id), -- the picture
  image_url_id integer not null references image_urls (id) -- the URL it was shown under
) strict;
create index message_images_image_id on message_images (image_id);
create index message_images_image_url_id on message_images (image_url_id);

create table links (
  -- A page that was shared or whose URL was typed.
  id integer primary key, -- the page's number
  url text not null unique, -- canonical: without what only tracks who shared it
  title text, -- as it was first shared
  host text not null -- '' where the URL names none
) strict;
create index links_host on links (host);

create table message_links (
  -- Which message has which link.
  message_id integer not null references messages (id), -- the message
  ordinal integer not null, -- from 1, where a message has several
  link_id integer not null references links (id), -- the page
  url text not null, -- as written
  title text, -- of a shared link; empty for a URL typed in text
  primary key (message_id, ordinal)
) strict, without rowid;
create index message_links_link_id on message_links (link_id);

create table quotes (
  -- Messages that quote another one and answer it.
  message_id integer primary key references messages (id), -- the message
  name text not null, -- of who is quoted, as the group shows it
  text text not null, -- what is quoted
  reply text not null -- what is answered
) strict;

create table mentions (
  -- Every @ that something follows, e-mail addresses apart.
  message_id integer not null references messages (id), -- the message
  position integer not null, -- of the @ in the message's text, from 1 as substr() counts
  name text, -- as written; empty where no known name stands there, as nothing else marks its end
  speaker_id integer references speakers (id), -- who has exactly that name
  primary key (message_id, position)
) strict, without rowid;
create index mentions_name on mentions (name);
create index mentions_speaker_id on mentions (speaker_id);

create table emoji (
  -- WeChat's own emoji, which the export shows as words in brackets.
  id integer primary key, -- the emoji's number
  code text not null unique, -- [强]
  unicode text -- the nearest Unicode emoji, where there is one
) strict;

create table message_emoji (
  -- Which message has which emoji, and how often.
  message_id integer not null references messages (id), -- the message
  emoji_id integer not null references emoji (id), -- the emoji
  count integer not null, -- how often
  primary key (message_id, emoji_id)
) strict, without rowid;
create index message_emoji_emoji_id on message_emoji (emoji_id);

create table tags (
  -- Words that front matter files days under.
  id integer primary key, -- the tag's number
  name text not null unique -- as the front matter writes it
) strict;

create table day_tags (
  -- Which day has which tag.
  day_id integer not null references days (id), -- the day
  tag_id integer not null references tags (id), -- the tag
  primary key (day_id, tag_id)
) strict, without rowid;
create index day_tags_tag_id on day_tags (tag_id);

create table rejects (
  -- Every piece of a page that was not understood, verbatim, so that nothing is lost.
  id integer primary key, -- the reject's number
  day_id integer not null references days (id), -- its day
  position integer not null, -- place on the page among its messages; 0 is its head
  first_line integer not null, -- in its page, from 1
  reason text not null, -- why
  content blob not null -- the very bytes
) strict;
create index rejects_day_id on rejects (day_id, position);

create table revisions (
  -- What a later export of a day changed, with what stood there before.
  id integer primary key, -- the revision's number
  load_id integer not null references loads (id), -- the run that made the change
  day_id integer not null references days (id), -- its day
  source_id integer not null references sources (id), -- the version that was replaced
  kind text not null check (kind in ('added', 'changed', 'moved', 'removed')), -- moved: same bytes, another key
  message_id integer, -- of the message it is about (gone if removed); empty for other parts of the page
  key_before text, -- the message's key in the replaced version
  key_after text, -- and in the one that replaced it
  position_before integer, -- place on the page, 0 for its head; empty if added
  position_after integer, -- empty if removed
  before blob, -- the bytes it replaced; empty if added or moved
  after blob -- the bytes that replaced them; empty if removed or moved
) strict;
create index revisions_day_id on revisions (day_id);
create index revisions_message_id on revisions (message_id);
create index revisions_load_id on revisions (load_id);
create index revisions_source_id on revisions (source_id);

create table properties (
  -- Facts about the archive as a whole.
  name text primary key, -- of the fact
  value text not null -- of the fact
) strict, without rowid;

create virtual table messages_fts using fts5(
  -- The full-text index over messages.text; rowid is messages.id. It holds each run of Chinese as
  -- overlapping pairs of characters and then its last one: `match '代扣'` finds 代扣.
  -- Contentless: the text is not stored twice.
  terms, -- what search_terms() makes of a text; matched, but not to be read
  content='' /* content="messages" */,
  tokenize="unicode61 remove_diacritics 2"
);

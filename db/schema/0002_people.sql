-- Who is who: derived from the messages by `etl people`, and made anew by `etl rebuild people`.

create table people (
  -- Somebody behind one or several names.
  id integer primary key, -- the least id of their speakers
  name text not null unique, -- the one of their names that tells most
  nickname text, -- their full personal name if one of their names has it, else the newest nickname
  company text, -- as the newest of their names says that tells one
  role text, -- as company
  city text -- as company
) strict;

alter table speakers add column person_id integer references people (id) /* who is behind the name */;
create index speakers_person_id on speakers (person_id);

create table aliases (
  -- The evidence for who is who: each piece ties a name to a speaker, or keeps the two apart.
  id integer primary key, -- the piece's number
  name text not null, -- as written: over messages, in quotes or behind an @
  speaker_id integer not null references speakers (id) on delete cascade, -- whom it is tied to
  kind text not null check (kind in ('header', 'quote', 'same message', 'answers', 'personal name', 'nickname', 'account', 'by hand')), -- header: the speaker's own name; quote: under it others quote the speaker's words; same message: on a page put together from two exports each other's messages stand under both; answers: around mentions of it the speaker writes; personal name, nickname: both names have it; account: the speaker is 我, and archive.toml says who that is; by hand: archive.toml says so
  weight real not null, -- log-likelihood ratio (natural) that both are one person; below 0 it speaks against it
  times integer not null, -- how often it was seen
  first_message_id integer references messages (id) on delete set null, -- where it was seen first
  last_message_id integer references messages (id) on delete set null, -- and last
  note text, -- what else speaks for it, or against it
  verdict text not null check (verdict in ('joins', 'ambiguous', 'apart')), -- ambiguous: others are as likely; apart: not enough, or something speaks against it
  person_id integer references people (id), -- whose name it is; empty unless it joins
  unique (name, speaker_id, kind)
) strict;
create index aliases_speaker_id on aliases (speaker_id);
create index aliases_person_id on aliases (person_id);
create index aliases_first_message_id on aliases (first_message_id);
create index aliases_last_message_id on aliases (last_message_id);

drop index mentions_name;
drop index mentions_speaker_id;
alter table mentions rename to mentions_1;
create table mentions (
  -- Every @ that something follows, e-mail addresses apart.
  message_id integer not null references messages (id), -- the message
  position integer not null, -- of the @ in the message's text, from 1 as substr() counts
  written text, -- what stands behind it, up to the first sign that names do not go over
  name text, -- the longest name that is known to stand there: of a speaker, in a quote or in another mention
  speaker_id integer references speakers (id), -- who is meant: of the person's names the one they wrote under nearest to that day
  primary key (message_id, position)
) strict, without rowid;
insert into mentions (message_id, position) select message_id, position from mentions_1;
drop table mentions_1;
create index mentions_name on mentions (name);
create index mentions_written on mentions (written);
create index mentions_speaker_id on mentions (speaker_id);

alter table quotes add column speaker_id integer references speakers (id) /* who wrote what is quoted, where only one name did */;
create index quotes_name on quotes (name);
create index quotes_speaker_id on quotes (speaker_id);

create table inferred_replies (
  -- Messages that probably answer another one, though they do not quote it: guesses, apart from messages.reply_to.
  message_id integer primary key references messages (id) on delete cascade, -- the message
  reply_to integer not null references messages (id) on delete cascade, -- the one it probably answers
  kind text not null check (kind in ('mention', 'quick answer')), -- mention: the newest one of who is mentioned; quick answer: a question just before
  confidence real not null -- share of such guesses that are right, as measured where quotes tell
) strict;
create index inferred_replies_reply_to on inferred_replies (reply_to);

create view mention_candidates as
  -- Who may be meant by mentions of names that several people go by.
  select n.message_id, n.position, n.name, a.speaker_id, s.person_id, a.kind, a.weight
  from mentions n
  join aliases a on a.name = n.name and a.verdict = 'ambiguous'
  join speakers s on s.id = a.speaker_id
  where n.speaker_id is null;

create table changed_days (
  -- Days of which the people, mentions and replies are yet to be made: none after a whole load.
  day_id integer primary key references days (id) -- the day
) strict;

create table changed_names (
  -- Names that stood on such days before they changed.
  name text primary key -- the name
) strict, without rowid;

drop index messages_speaker_id;
create index messages_speaker_id on messages (speaker_id, day_id, position);
-- by another name now: see db/loads.py
delete from properties where name = 'finished';

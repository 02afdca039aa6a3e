-- Smaller: of most messages the body is the text and two blanks, and is computed; a message is
-- found by its key, or by its time, through its day.

create table messages_3 as select * from messages;
drop table messages;
create table messages (
  -- Every message, in the order of its page.
  id integer primary key, -- stays with the message when its day is exported again
  key text not null, -- room/date/HHMMSS-n: the n-th message of that second; look for it on its day
  day_id integer not null references days (id), -- its day
  position integer not null, -- place on the page, from 1; a reject takes a place too
  sent_at text not null, -- YYYY-MM-DD HH:MM:SS, the room's wall clock, on the date of its day
  speaker_id integer references speakers (id), -- empty for a system notice
  kind text not null check (kind in ('text', 'image', 'link', 'file', 'notice', 'missing')), -- missing: the exporter dropped what it was (voice, video, red packet)
  text text not null, -- what a person reads: a link's or file's title; '' for a picture
  body text as (ifnull(stored_body, nullif(text, '') || '  ')), -- verbatim, still escaped; empty where the page has none
  stored_body text, -- the body where it is not just the text and two blanks
  verbatim text, -- the whole message, only where the page's template would not give it back
  reply_to integer references messages (id), -- the message it quotes: filled by etl people
  first_line integer not null, -- in its page, from 1
  last_line integer not null -- of it, blank lines included
) strict;
insert into messages (id, key, day_id, position, sent_at, speaker_id, kind, text, stored_body,
                      verbatim, reply_to, first_line, last_line)
select id, key, day_id, position, sent_at, speaker_id, kind, text, nullif(body, nullif(text, '') || '  '),
       verbatim, reply_to, first_line, last_line
from messages_3 order by id;
drop table messages_3;
create index messages_day_id on messages (day_id, position);
create index messages_speaker_id on messages (speaker_id, day_id, position);
create index messages_reply_to on messages (reply_to) where reply_to is not null;

-- FTS5 collects so many bytes before it writes them out: with its million a large load writes and
-- merges small pieces for a third of the index's time.
insert into messages_fts (messages_fts, rank) values ('hashsize', 16777216);

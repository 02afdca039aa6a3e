-- So that nobody looks at all messages to count who does what, and when.

drop table speaker_days;
create table speaker_days (
  -- How much each name wrote on each day, and when.
  day_id integer not null references days (id), -- the day
  speaker_id integer not null, -- the name, an id of speakers: to declare that would take an index as large as the table
  messages integer not null, -- how many
  longest integer not null, -- the most characters of a text message; 0 where there is none
  half_hours text not null, -- in which half hours of the day, in their order: a character for each, char(48 + half_hours.half_hour)
  primary key (day_id, speaker_id)
) strict, without rowid;
insert into speaker_days (day_id, speaker_id, messages, longest, half_hours)
select day_id, speaker_id, sum(messages), max(longest), group_concat(char(48 + half_hour), '')
from (
  select day_id, speaker_id, half_hour, count(*) as messages, max(characters) as longest
  from (
    select day_id, speaker_id, iif(kind = 'text', length(text), 0) as characters,
           substr(sent_at, 12, 2) * 2 + (substr(sent_at, 15, 2) >= '30') as half_hour
    from messages
    where speaker_id is not null
    -- all of them: but for this SQLite would put their texts in order
    limit -1
  )
  group by day_id, speaker_id, half_hour
  order by day_id, speaker_id, half_hour
)
group by day_id, speaker_id;

create table mentions_6 as select * from mentions;
drop table mentions;
create table mentions (
  -- Every @ that something follows, e-mail addresses apart.
  message_id integer not null references messages (id), -- the message
  position integer not null, -- of the @ in the message's text, from 1 as substr() counts
  written text, -- what stands behind it, up to the first sign that names do not go over
  name text, -- the longest name that is known to stand there: of a speaker, in a quote or in another mention
  speaker_id integer references speakers (id), -- who is meant: of the person's names the one they wrote under nearest to that day
  day_id integer not null, -- the message's day, as messages has it: copied so that it can be counted by day
  from_speaker_id integer, -- who wrote it, as messages has it
  primary key (message_id, position)
) strict, without rowid;
insert into mentions (message_id, position, written, name, speaker_id, day_id, from_speaker_id)
select n.message_id, n.position, n.written, n.name, n.speaker_id, m.day_id, m.speaker_id
from mentions_6 n
cross join messages m on m.id = n.message_id
order by n.message_id, n.position;
drop table mentions_6;
create index mentions_name on mentions (name, from_speaker_id, day_id);
create index mentions_written on mentions (written);
create index mentions_speaker_id on mentions (speaker_id);

create table message_emoji_6 as select * from message_emoji;
drop table message_emoji;
create table message_emoji (
  -- Which message has which emoji, and how often.
  message_id integer not null references messages (id), -- the message
  emoji_id integer not null references emoji (id), -- the emoji
  count integer not null, -- how often
  day_id integer not null, -- the message's day, as messages has it: copied so that it can be counted by day
  speaker_id integer, -- who wrote it, as messages has it
  primary key (message_id, emoji_id)
) strict, without rowid;
insert into message_emoji (message_id, emoji_id, count, day_id, speaker_id)
select t.message_id, t.emoji_id, t.count, m.day_id, m.speaker_id
from message_emoji_6 t
cross join messages m on m.id = t.message_id
order by t.message_id, t.emoji_id;
drop table message_emoji_6;
create index message_emoji_emoji_id on message_emoji (emoji_id);

-- to count what each room has it alone is read
create index days_room_id on days (room_id, date, messages);

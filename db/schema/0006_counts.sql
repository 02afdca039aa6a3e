-- Counts that are kept with each day, so that nobody counts all messages to look at them.

create table speaker_days (
  -- How much each name wrote on each day.
  day_id integer not null references days (id), -- the day
  speaker_id integer not null, -- the name, an id of speakers: to declare that would take an index as large as the table
  messages integer not null, -- how many
  primary key (day_id, speaker_id)
) strict, without rowid;
insert into speaker_days (day_id, speaker_id, messages)
select day_id, speaker_id, count(*) from messages
where speaker_id is not null group by day_id, speaker_id;

create table half_hours (
  -- How much was said in each half hour of a day, and when; silent ones are left out.
  day_id integer not null references days (id), -- the day
  half_hour integer not null, -- 0 to 47: 1 is from 00:30:00 to 00:59:59
  messages integer not null, -- how many
  pictures integer not null, -- how many of them are pictures
  notices integer not null, -- and how many notices
  first_second integer, -- when somebody wrote first, in seconds since midnight; empty if there are but notices
  last_second integer, -- when somebody wrote last, as first_second
  primary key (day_id, half_hour)
) strict, without rowid;
insert into half_hours (day_id, half_hour, messages, pictures, notices, first_second, last_second)
select day_id, second / 1800, count(*), sum(kind = 'image'), sum(speaker_id is null),
       min(iif(speaker_id is null, null, second)), max(iif(speaker_id is null, null, second))
from (
  select day_id, speaker_id, kind,
         substr(sent_at, 12, 2) * 3600 + substr(sent_at, 15, 2) * 60 + substr(sent_at, 18, 2) as second
  from messages
)
group by day_id, second / 1800;

-- they are few, and else to be looked for among all messages
create index messages_files on messages (day_id, position) where kind = 'file';

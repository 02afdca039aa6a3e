-- title: A day says how much each name wrote on it
-- remedy: `etl rebuild derived` counts them anew
create temp view days_count_their_speakers as
select r.slug || '/' || d.date as place,
       'speaker_days has ' || ifnull(x.messages, 'nothing') || ' of speaker ' || c.speaker_id
       || ', there are ' || c.messages as found
from (
  -- in the order of an index
  select speaker_id, day_id, count(*) as messages from messages
  where speaker_id is not null group by speaker_id, day_id
) c
join days d on d.id = c.day_id
join rooms r on r.id = d.room_id
left join speaker_days x on x.day_id = c.day_id and x.speaker_id = c.speaker_id
where x.messages is not c.messages
union all
select r.slug || '/' || d.date,
       'speaker_days has ' || x.messages || ' of speaker ' || x.speaker_id || ', there are none'
from speaker_days x
join days d on d.id = x.day_id
join rooms r on r.id = d.room_id
where not exists (
  select 1 from messages m where m.speaker_id = x.speaker_id and m.day_id = x.day_id
)
order by place, found;

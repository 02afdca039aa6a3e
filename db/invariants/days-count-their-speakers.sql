-- title: A day says how much each name wrote on it, and when
-- remedy: `etl rebuild derived` counts them anew
create temp view days_count_their_speakers as
with said as (
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
),
counted as (
  select day_id, speaker_id, sum(messages) as messages, max(longest) as longest,
         group_concat(char(48 + half_hour), '') as half_hours
  from said
  group by day_id, speaker_id
)
select r.slug || '/' || d.date as place,
       case
         when x.messages is not c.messages
           then 'speaker_days has ' || ifnull(x.messages, 'nothing') || ' of speaker ' || c.speaker_id
                || ', there are ' || c.messages
         when x.longest is not c.longest
           then 'speaker_days says that the longest of speaker ' || c.speaker_id || ' has '
                || x.longest || ' characters, it has ' || c.longest
         else 'speaker_days has other half hours of speaker ' || c.speaker_id || ' than there are'
       end as found
from counted c
join days d on d.id = c.day_id
join rooms r on r.id = d.room_id
left join speaker_days x on x.day_id = c.day_id and x.speaker_id = c.speaker_id
where x.messages is not c.messages
   or x.longest is not c.longest
   or x.half_hours is not c.half_hours
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

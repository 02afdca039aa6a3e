-- title: Conversation starters
-- description: Which messages broke a silence, and how much was said from there to the next
-- description: silence.
-- param silence integer 60: minutes without any message before it, from 1
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: show the names as they stand, not the people behind them
-- param limit integer 20: at most so many rows
with minutes as materialized (
  select max(cast(ifnull(nullif(:silence, ''), 60) as integer), 1) as silence
),
chosen as materialized (
  -- in seconds since a day long ago, as silences last over midnight
  select d.id, d.room_id, cast(julianday(d.date) + 0.5 as integer) * 86400 as midnight
  from days d
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
),
slots as (
  -- a silence of n minutes never begins and ends in the same n minutes of the clock: what is put
  -- in order below is one row for each half hour, or for each of those, not for each message
  select c.room_id, c.id as day_id, h.first_second, c.midnight + h.first_second as first,
         c.midnight + h.last_second as last, h.messages - h.notices as messages
  from minutes w
  cross join chosen c
  cross join half_hours h on h.day_id = c.id
  where w.silence >= 30 and h.messages > h.notices
  union all
  select room_id, day_id, min(second), midnight + min(second), midnight + max(second), count(*)
  from (
    select c.room_id, c.id as day_id, c.midnight, w.silence, substr(m.sent_at, 12, 2) * 3600
           + substr(m.sent_at, 15, 2) * 60 + substr(m.sent_at, 18, 2) as second
    from minutes w
    cross join chosen c
    cross join messages m on m.day_id = c.id
    where w.silence < 30 and m.speaker_id is not null
  )
  group by day_id, second / 60 / silence
),
spoken as (
  select room_id, day_id, first_second, first, lead(last) over backwards as before,
         sum(messages) over backwards as messages_to_come
  from slots
  window backwards as (partition by room_id order by first desc rows unbounded preceding)
),
conversations as (
  select day_id, first_second, messages_to_come - lead(messages_to_come, 1, 0) over (
           partition by room_id order by messages_to_come desc
         ) as messages
  from spoken
  where before is null or first - before >= (select silence * 60 from minutes)
),
most as materialized (
  select c.day_id, c.first_second, c.messages
  from conversations c
  join days d on d.id = c.day_id
  join rooms r on r.id = d.room_id
  where d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
  order by c.messages desc, d.date, c.first_second, r.slug || '/'
  limit ifnull(nullif(:limit, ''), 20)
)
select m.sent_at, r.slug as room, ifnull(p.name, s.name) as speaker, m.kind, m.text, c.messages,
       m.key
from most c
join days d on d.id = c.day_id
join rooms r on r.id = d.room_id
join messages m on m.id = (
  select f.id from messages f
  where f.day_id = c.day_id and f.sent_at = d.date || ' ' || time(c.first_second, 'unixepoch')
    and f.speaker_id is not null
  order by f.position limit 1
)
join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
order by c.messages desc, m.sent_at, m.key
limit ifnull(nullif(:limit, ''), 20);

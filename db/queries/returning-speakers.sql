-- title: Returning speakers
-- description: Who was silent for long and then came back, newest first (with a room: silent in
-- description: that room).
-- param days integer 60: silent for at least so many days
-- param room text: only this room
-- param since text: back from this day on (YYYY-MM-DD)
-- param until text: back up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 50: at most so many rows
with spoken as (
  select ifnull(p.id, s.id) as id, d.date as day,
         lag(d.date) over (partition by ifnull(p.id, s.id) order by d.date) as before
  from days d
  join rooms r on r.id = d.room_id
  join speaker_days x on x.day_id = d.id
  join speakers s on s.id = x.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  where ifnull(:room, '') in ('', r.slug)
),
returned as materialized (
  select id, before, day from spoken
  -- on one day somebody may write in several rooms, or under several names
  where before < day
    and julianday(day) - julianday(before) >= cast(ifnull(nullif(:days, ''), 60) as integer)
    and day >= ifnull(:since, '')
    and day <= coalesce(nullif(:until, ''), '9999')
),
newest as materialized (
  -- those that can be among the rows asked for: only theirs are worth looking for
  select * from returned
  where day >= ifnull((
    select day from returned order by day desc
    limit 1 offset ifnull(nullif(:limit, ''), 50) - 1
  ), '') or cast(:limit as integer) < 0
)
-- a person has the id of one of their names
select ifnull(p.name, s.name) as speaker, b.before as last_seen, b.day as back_on,
       cast(julianday(b.day) - julianday(b.before) as integer) as silent_days,
       r.slug as room, m.text, m.key
from newest b
join speakers s on s.id = b.id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
join messages m on m.id = (
  select f.id
  from days e
  join rooms o on o.id = e.room_id
  join speaker_days x on x.day_id = e.id
  join speakers s on s.id = x.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  cross join messages f on f.speaker_id = x.speaker_id and f.day_id = x.day_id
  where e.date = b.day and ifnull(p.id, s.id) = b.id and ifnull(:room, '') in ('', o.slug)
  order by f.sent_at, f.key limit 1
)
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
order by m.sent_at desc, m.key
limit ifnull(nullif(:limit, ''), 50);

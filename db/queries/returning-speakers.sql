-- title: Returning speakers
-- description: Who was silent for long and then came back, newest first (with a room: silent in
-- description: that room).
-- param days integer 60: silent for at least so many days
-- param room text: only this room
-- param since text: back from this day on (YYYY-MM-DD)
-- param until text: back up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 50: at most so many rows
with longest as materialized (
  select cast(ifnull(nullif(:days, ''), 60) as integer) as days
),
chosen as materialized (
  -- a silence of n days never begins and ends in the same n / 2 days: what is put in order below
  -- is one row for each speaker and so many days, not for each day
  select id, day, day / max((select days / 2 from longest), 1) as span
  from (
    select d.id, cast(julianday(d.date) + 0.5 as integer) as day
    from days d
    join rooms r on r.id = d.room_id
    where ifnull(:room, '') in ('', r.slug)
  )
),
said as (
  -- two numbers in one are sorted sooner
  select x.speaker_id * 4294967296 + c.span as pair, min(c.day) as first, max(c.day) as last
  from chosen c
  cross join speaker_days x on x.day_id = c.id
  group by pair
),
spoken as (
  select ifnull(p.id, s.id) as id, min(t.first) as first, max(t.last) as last
  from said t
  join speakers s on s.id = t.pair >> 32
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  group by ifnull(p.id, s.id), t.pair & 4294967295
),
silent as (
  select id, date(lag(last) over theirs - 0.5) as before, date(first - 0.5) as day,
         first - lag(last) over theirs as days
  from spoken
  window theirs as (partition by id order by first)
),
returned as materialized (
  select id, before, day from silent
  where days >= (select max(days, 1) from longest)
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

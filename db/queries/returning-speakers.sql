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
  select ifnull(p.id, s.id) as id, ifnull(p.name, s.name) as speaker, min(m.sent_at) as sent_at
  from messages m
  join days d on d.id = m.day_id
  join rooms r on r.id = d.room_id
  join speakers s on s.id = m.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  where ifnull(:room, '') in ('', r.slug)
  group by ifnull(p.id, s.id), d.date
),
returned as (
  select id, speaker, sent_at, substr(sent_at, 1, 10) as day,
         substr(lag(sent_at) over (partition by id order by sent_at), 1, 10) as before
  from spoken
)
select b.speaker, b.before as last_seen, b.day as back_on,
       cast(julianday(b.day) - julianday(b.before) as integer) as silent_days,
       r.slug as room, m.text, m.key
from returned b
join messages m on m.id = (
  select f.id
  from messages f
  join days e on e.id = f.day_id
  join rooms o on o.id = e.room_id
  join speakers s on s.id = f.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  where f.sent_at = b.sent_at and ifnull(p.id, s.id) = b.id and ifnull(:room, '') in ('', o.slug)
  order by f.key limit 1
)
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
where julianday(b.day) - julianday(b.before) >= cast(ifnull(nullif(:days, ''), 60) as integer)
  and b.day >= ifnull(:since, '')
  and b.day <= coalesce(nullif(:until, ''), '9999')
order by m.sent_at desc, m.key
limit ifnull(nullif(:limit, ''), 50);

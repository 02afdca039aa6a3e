-- title: Returning speakers
-- description: Who was silent for long and then came back, newest first (with a room: silent in
-- description: that room).
-- param days integer 60: silent for at least so many days
-- param room text: only this room
-- param since text: back from this day on (YYYY-MM-DD)
-- param until text: back up to this day (YYYY-MM-DD)
-- param limit integer 50: at most so many rows
with spoken as (
  select m.id, r.slug as room, date(m.sent_at) as day,
         date(lag(m.sent_at) over (partition by m.speaker_id order by m.sent_at, m.key)) as before
  from messages m
  join days d on d.id = m.day_id
  join rooms r on r.id = d.room_id
  where m.speaker_id is not null and ifnull(:room, '') in ('', r.slug)
)
select s.name as speaker, p.before as last_seen, p.day as back_on,
       cast(julianday(p.day) - julianday(p.before) as integer) as silent_days,
       p.room, m.text, m.key
from spoken p
join messages m on m.id = p.id
join speakers s on s.id = m.speaker_id
where julianday(p.day) - julianday(p.before) >= cast(ifnull(nullif(:days, ''), 60) as integer)
  and p.day >= ifnull(:since, '')
  and p.day <= coalesce(nullif(:until, ''), '9999')
order by m.sent_at desc, m.key
limit ifnull(nullif(:limit, ''), 50);

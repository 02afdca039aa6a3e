-- title: First messages
-- description: What newcomers wrote first, newest first (with a room: first in that room).
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param limit integer 50: at most so many rows
with spoken as (
  select m.id, m.sent_at, r.slug as room,
         row_number() over (
           partition by m.speaker_id order by m.sent_at, r.slug, m.position
         ) as number
  from messages m
  join days d on d.id = m.day_id
  join rooms r on r.id = d.room_id
  where m.speaker_id is not null and ifnull(:room, '') in ('', r.slug)
)
select m.sent_at, p.room, s.name as speaker, m.kind, m.text, m.key
from spoken p
join messages m on m.id = p.id
join speakers s on s.id = m.speaker_id
where p.number = 1
  and substr(m.sent_at, 1, 10) >= ifnull(:since, '')
  and substr(m.sent_at, 1, 10) <= coalesce(nullif(:until, ''), '9999')
order by m.sent_at desc, m.key
limit ifnull(nullif(:limit, ''), 50);

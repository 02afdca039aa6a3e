-- title: First messages
-- description: What newcomers wrote first, newest first (with a room: first in that room).
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 50: at most so many rows
with first as (
  select ifnull(p.id, s.id) as id, ifnull(p.name, s.name) as speaker, min(m.sent_at) as sent_at
  from messages m
  join days d on d.id = m.day_id
  join rooms r on r.id = d.room_id
  join speakers s on s.id = m.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  where ifnull(:room, '') in ('', r.slug)
  group by ifnull(p.id, s.id)
)
select m.sent_at, r.slug as room, f.speaker, m.kind, m.text, m.key
from first f
join messages m on m.id = (
  select o.id
  from messages o
  join days e on e.id = o.day_id
  join rooms n on n.id = e.room_id
  join speakers s on s.id = o.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  where o.sent_at = f.sent_at and ifnull(p.id, s.id) = f.id and ifnull(:room, '') in ('', n.slug)
  order by n.slug, o.position limit 1
)
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
where d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
order by m.sent_at desc, m.key
limit ifnull(nullif(:limit, ''), 50);

-- title: First messages
-- description: What newcomers wrote first, newest first (with a room: first in that room).
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 50: at most so many rows
with spoken as (
  select x.speaker_id, min(d.date) as date
  from days d
  join rooms r on r.id = d.room_id
  join speaker_days x on x.day_id = d.id
  where ifnull(:room, '') in ('', r.slug)
  group by x.speaker_id
),
first as (
  select ifnull(p.id, s.id) as id, ifnull(p.name, s.name) as speaker, min(t.date) as date
  from spoken t
  join speakers s on s.id = t.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  group by ifnull(p.id, s.id)
),
wanted as materialized (
  select * from first
  where date >= ifnull(:since, '')
    and date <= coalesce(nullif(:until, ''), '9999')
),
newest as materialized (
  -- those that can be among the rows asked for: only theirs are worth looking for
  select * from wanted
  where date >= ifnull((
    select date from wanted order by date desc
    limit 1 offset ifnull(nullif(:limit, ''), 50) - 1
  ), '') or cast(:limit as integer) < 0
)
select m.sent_at, r.slug as room, f.speaker, m.kind, m.text, m.key
from newest f
join messages m on m.id = (
  select o.id
  from days e
  join rooms n on n.id = e.room_id
  join speaker_days x on x.day_id = e.id
  join speakers s on s.id = x.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  cross join messages o on o.speaker_id = x.speaker_id and o.day_id = x.day_id
  where e.date = f.date and ifnull(p.id, s.id) = f.id and ifnull(:room, '') in ('', n.slug)
  order by o.sent_at, n.slug, o.position limit 1
)
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
order by m.sent_at desc, m.key
limit ifnull(nullif(:limit, ''), 50);

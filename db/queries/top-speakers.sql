-- title: Top speakers
-- description: Who wrote most messages, with their first and last day.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 20: at most so many rows
with chosen as materialized (
  select d.id, d.date
  from days d
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
),
counted as (
  select x.speaker_id, sum(x.messages) as messages
  from chosen c
  cross join speaker_days x on x.day_id = c.id
  group by x.speaker_id
),
most as materialized (
  -- only of these it is worth counting the days
  select ifnull(p.id, s.id) as id, ifnull(p.name, s.name) as speaker, sum(t.messages) as messages
  from counted t
  join speakers s on s.id = t.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  group by ifnull(p.id, s.id)
  order by sum(t.messages) desc, ifnull(p.name, s.name)
  limit ifnull(nullif(:limit, ''), 20)
)
select t.speaker, t.messages, count(distinct c.id) as days, min(c.date) as first,
       max(c.date) as last
from most t
join speakers s on iif(ifnull(:by_name, '') in ('', 0, '0'), ifnull(s.person_id, s.id), s.id) = t.id
cross join messages m on m.speaker_id = s.id
join chosen c on c.id = m.day_id
group by t.id
order by t.messages desc, t.speaker;

-- title: Messages per month
-- description: How much was said in each month, by how many people, on how many days.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
with chosen as (
  select d.id, substr(d.date, 1, 7) as month, d.messages
  from days d
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
),
spoken as (
  select c.month, count(distinct ifnull(p.id, s.id)) as speakers
  from chosen c
  join speaker_days x on x.day_id = c.id
  join speakers s on s.id = x.speaker_id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  group by c.month
)
select c.month, count(*) as days, sum(c.messages) as messages, ifnull(o.speakers, 0) as speakers
from chosen c
left join spoken o on o.month = c.month
group by c.month
order by c.month;

-- title: Messages per month
-- description: How much was said in each month, by how many people, on how many days.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
with chosen as materialized (
  select d.id, substr(d.date, 1, 7) as month, d.messages
  from days d
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
),
said as (
  select month, count(*) as days, sum(messages) as messages from chosen group by month
)
select t.month, t.days, t.messages,
       -- month by month, as it takes longest to put all names of all months in order
       (select count(distinct ifnull(p.id, s.id))
        from (
          select distinct x.speaker_id
          from chosen c
          cross join speaker_days x on x.day_id = c.id
          where c.month = t.month
        ) w
        join speakers s on s.id = w.speaker_id
        left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
       ) as speakers
from said t
order by t.month;

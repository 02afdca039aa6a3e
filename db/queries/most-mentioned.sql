-- title: Most mentioned
-- description: Whom people address most with @, under whatever name; a name that is nobody's for sure
-- description: stands for itself (所有人 is everyone).
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count the names as written, not the people behind them
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
  select n.name, count(*) as mentions, min(c.date) as first_day, max(c.date) as last_day
  from mentions n
  join chosen c on c.id = n.day_id
  where n.name is not null
  group by n.name
),
named as materialized (
  select t.*, ifnull(o.name, t.name) as mentioned
  from counted t
  left join people o on ifnull(:by_name, '') in ('', 0, '0') and o.id = (
    select max(person_id) from aliases where name = t.name
  )
),
most as materialized (
  -- only of these it is worth counting who mentions them
  select mentioned, sum(mentions) as mentions, min(first_day) as first_day,
         max(last_day) as last_day
  from named
  group by mentioned
  order by sum(mentions) desc, mentioned
  limit ifnull(nullif(:limit, ''), 20)
)
select t.mentioned, t.mentions,
       (select count(distinct ifnull(p.id, s.id))
        from named a
        cross join mentions n on n.name = a.name
        join chosen c on c.id = n.day_id
        join speakers s on s.id = n.from_speaker_id
        left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
        where a.mentioned = t.mentioned) as mentioned_by,
       t.first_day, t.last_day
from most t
order by t.mentions desc, t.mentioned;

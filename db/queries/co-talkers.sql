-- title: Co-talkers
-- description: Which two people wrote in the same half hour of the same room most often.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param speaker text: only pairs of whom one has a name with this in it
-- param by_name flag: count single names, not the people behind them
-- param limit integer 50: at most so many rows
with known as materialized (
  select s.id as speaker_id, ifnull(p.id, s.id) as id, ifnull(p.name, s.name) as name,
         instr(s.name, ifnull(:speaker, ''))
         or p.id in (select person_id from aliases where instr(name, :speaker)) as wanted
  from speakers s
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
),
present as materialized (
  -- a day has 48 half hours, and every message is looked at, once
  select distinct m.day_id * 48 + substr(m.sent_at, 12, 2) * 2 + (substr(m.sent_at, 15, 2) >= '30')
           as half_hour, k.id
  from messages m not indexed
  cross join known k on k.speaker_id = m.speaker_id
  where m.day_id in (
    select d.id from days d join rooms r on r.id = d.room_id
    where ifnull(:room, '') in ('', r.slug)
      and d.date >= ifnull(:since, '')
      and d.date <= coalesce(nullif(:until, ''), '9999')
  )
),
heard as materialized (
  select id, count(*) as half_hours from present group by id
),
loudest as materialized (
  select id from heard order by half_hours desc, id limit 100
),
least as materialized (
  -- the pairs asked for have no less than those among the loudest, and so has each of the two: all
  -- others are no pair worth counting
  select ifnull((
    select count(*)
    from present a
    join present b on b.half_hour = a.half_hour and b.id > a.id
    where a.id in (select id from loudest) and b.id in (select id from loudest)
      and (ifnull(:speaker, '') = '' or a.id in (select id from known where wanted)
           or b.id in (select id from known where wanted))
    group by a.id, b.id
    order by count(*) desc
    limit 1 offset max(ifnull(nullif(:limit, ''), 50) - 1, 0)
  ), 0) as half_hours
),
heard_enough as materialized (
  select t.half_hour, t.id
  from present t
  where t.id in (select id from heard where half_hours >= (select half_hours from least))
),
pairs as materialized (
  select a.id, b.id as other_id, count(*) as half_hours
  from heard_enough a
  join heard_enough b on b.half_hour = a.half_hour and b.id > a.id
  where ifnull(:speaker, '') = '' or a.id in (select id from known where wanted)
     or b.id in (select id from known where wanted)
  group by a.id, b.id
),
most as materialized (
  -- those that can be among the rows asked for: only they are worth counting the days of
  select * from pairs
  where half_hours >= ifnull((
    select half_hours from pairs order by half_hours desc
    limit 1 offset max(ifnull(nullif(:limit, ''), 50) - 1, 0)
  ), 0)
)
select min(k.name, o.name) as speaker, max(k.name, o.name) as other, t.half_hours,
       count(distinct a.half_hour / 48) as days
from most t
join heard_enough a on a.id = t.id
join heard_enough b on b.id = t.other_id and b.half_hour = a.half_hour
join (select distinct id, name from known) k on k.id = t.id
join (select distinct id, name from known) o on o.id = t.other_id
group by t.id, t.other_id
order by t.half_hours desc, days desc, speaker, other
limit ifnull(nullif(:limit, ''), 50);

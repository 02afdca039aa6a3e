-- title: Co-talkers
-- description: Which two people wrote in the same half hour of the same room most often.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param speaker text: only pairs with a name that has this in it
-- param limit integer 50: at most so many rows
with present as materialized (
  -- a day has 48 half hours
  select distinct m.day_id * 48 + substr(m.sent_at, 12, 2) * 2 + (substr(m.sent_at, 15, 2) >= '30')
           as half_hour, m.speaker_id
  from messages m
  join days d on d.id = m.day_id
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
    and m.speaker_id is not null
),
named as (
  select id from speakers where instr(name, ifnull(:speaker, ''))
),
pairs as materialized (
  select a.speaker_id, b.speaker_id as other_id, count(*) as half_hours
  from present a
  join present b on b.half_hour = a.half_hour and b.speaker_id > a.speaker_id
  where ifnull(:speaker, '') = '' or a.speaker_id in named or b.speaker_id in named
  group by a.speaker_id, b.speaker_id
),
most as materialized (
  -- those that can be among the rows asked for: only they are worth counting the days of
  select * from pairs
  where half_hours >= ifnull((
    select half_hours from pairs order by half_hours desc
    limit 1 offset max(ifnull(nullif(:limit, ''), 50) - 1, 0)
  ), 0)
)
select min(s.name, o.name) as speaker, max(s.name, o.name) as other, p.half_hours,
       count(distinct a.half_hour / 48) as days
from most p
join present a on a.speaker_id = p.speaker_id
join present b on b.speaker_id = p.other_id and b.half_hour = a.half_hour
join speakers s on s.id = p.speaker_id
join speakers o on o.id = p.other_id
group by p.speaker_id, p.other_id
order by p.half_hours desc, days desc, speaker, other
limit ifnull(nullif(:limit, ''), 50);

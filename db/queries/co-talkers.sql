-- title: Co-talkers
-- description: Which two people wrote in the same half hour of the same room most often.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param speaker text: only pairs with a name that has this in it
-- param limit integer 50: at most so many rows
with present as (
  select distinct m.day_id, substr(m.sent_at, 12, 2) * 2 + (substr(m.sent_at, 15, 2) >= '30')
           as half_hour, m.speaker_id
  from messages m
  join days d on d.id = m.day_id
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
    and m.speaker_id is not null
),
pairs as (
  select a.speaker_id, b.speaker_id as other_id, count(*) as half_hours,
         count(distinct a.day_id) as days
  from present a
  join present b on b.day_id = a.day_id and b.half_hour = a.half_hour
    and b.speaker_id > a.speaker_id
  group by a.speaker_id, b.speaker_id
)
select min(s.name, o.name) as speaker, max(s.name, o.name) as other, p.half_hours, p.days
from pairs p
join speakers s on s.id = p.speaker_id
join speakers o on o.id = p.other_id
where instr(s.name, ifnull(:speaker, '')) or instr(o.name, ifnull(:speaker, ''))
order by p.half_hours desc, p.days desc, speaker, other
limit ifnull(nullif(:limit, ''), 50);

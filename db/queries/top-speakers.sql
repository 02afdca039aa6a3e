-- title: Top speakers
-- description: Who wrote most messages, with their first and last day.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param limit integer 20: at most so many rows
select s.name as speaker, count(*) as messages, count(distinct m.day_id) as days,
       substr(min(m.sent_at), 1, 10) as first, substr(max(m.sent_at), 1, 10) as last
from messages m
join speakers s on s.id = m.speaker_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
group by s.id
order by messages desc, s.name
limit ifnull(nullif(:limit, ''), 20);

-- title: Top speakers
-- description: Who wrote most messages, with their first and last day.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 20: at most so many rows
select ifnull(p.name, s.name) as speaker, count(*) as messages, count(distinct m.day_id) as days,
       substr(min(m.sent_at), 1, 10) as first, substr(max(m.sent_at), 1, 10) as last
from messages m
join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
group by speaker
order by messages desc, speaker
limit ifnull(nullif(:limit, ''), 20);

-- title: Top speakers
-- description: Who wrote most messages, with their first and last day.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 20: at most so many rows
select ifnull(p.name, s.name) as speaker, sum(x.messages) as messages,
       count(distinct x.day_id) as days, min(d.date) as first, max(d.date) as last
from days d
join rooms r on r.id = d.room_id
join speaker_days x on x.day_id = d.id
join speakers s on s.id = x.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
group by ifnull(p.id, s.id)
order by messages desc, speaker
limit ifnull(nullif(:limit, ''), 20);

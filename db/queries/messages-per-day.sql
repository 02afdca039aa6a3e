-- title: Messages per day
-- description: How much was said on each day, by how many people, with how many pictures.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
select d.date, r.slug as room, d.messages, count(distinct ifnull(p.id, s.id)) as speakers,
       (select ifnull(sum(h.pictures), 0) from half_hours h where h.day_id = d.id) as pictures,
       d.presenter
from days d
join rooms r on r.id = d.room_id
left join speaker_days x on x.day_id = d.id
left join speakers s on s.id = x.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
group by d.id
order by d.date, r.slug;

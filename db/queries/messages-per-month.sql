-- title: Messages per month
-- description: How much was said in each month, by how many people, on how many days.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
with said as (
  select speaker_id, day_id, count(*) as messages from messages group by speaker_id, day_id
)
select substr(d.date, 1, 7) as month, count(distinct d.id) as days,
       ifnull(sum(m.messages), 0) as messages, count(distinct ifnull(p.id, s.id)) as speakers
from days d
join rooms r on r.id = d.room_id
left join said m on m.day_id = d.id
left join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
group by month
order by month;

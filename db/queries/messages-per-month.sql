-- title: Messages per month
-- description: How much was said in each month, by how many people, on how many days.
-- param room text: only this room
select substr(d.date, 1, 7) as month, count(distinct d.id) as days, count(m.id) as messages,
       count(distinct m.speaker_id) as speakers
from days d
join rooms r on r.id = d.room_id
left join messages m on m.day_id = d.id
where (:room is null or r.slug = :room)
group by month
order by month;

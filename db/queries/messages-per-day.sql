-- title: Messages per day
-- description: How much was said on each day, by how many people, with how many pictures.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
select d.date, r.slug as room, d.messages, count(distinct m.speaker_id) as speakers,
       count(*) filter (where m.kind = 'image') as pictures, d.presenter
from days d
join rooms r on r.id = d.room_id
left join messages m on m.day_id = d.id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
group by d.id
order by d.date, r.slug;

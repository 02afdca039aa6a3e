-- title: Days whose declared lines differ
-- description: The days for which the exporter counted other than the messages there are, widest
-- description: apart first.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param limit integer 50: at most so many rows
select d.date, r.slug as room, d.declared_lines, d.messages,
       d.messages - d.declared_lines as difference,
       (select count(*) from rejects j where j.day_id = d.id) as rejects
from days d
join rooms r on r.id = d.room_id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
  and d.declared_lines <> d.messages
order by abs(difference) desc, d.date, r.slug
limit ifnull(nullif(:limit, ''), 50);

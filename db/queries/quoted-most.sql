-- title: Quoted most
-- description: The words that were quoted most often to answer them, with whose they are.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param limit integer 20: at most so many rows
select q.name as quoted, q.text, count(*) as quotes, count(distinct m.speaker_id) as quoted_by,
       min(m.sent_at) as first_quoted
from quotes q
join messages m on m.id = q.message_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
group by q.name, q.text
order by quotes desc, first_quoted, q.name, q.text
limit ifnull(nullif(:limit, ''), 20);

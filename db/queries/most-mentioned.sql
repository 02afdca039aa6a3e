-- title: Most mentioned
-- description: Whom people address most with @, by the names they write, where those are known
-- description: ones (所有人 is everyone).
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param limit integer 20: at most so many rows
select n.name, count(*) as mentions, count(distinct m.speaker_id) as mentioned_by,
       substr(min(m.sent_at), 1, 10) as first_day, substr(max(m.sent_at), 1, 10) as last_day
from mentions n
join messages m on m.id = n.message_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
  and n.name is not null
group by n.name
order by mentions desc, n.name
limit ifnull(nullif(:limit, ''), 20);

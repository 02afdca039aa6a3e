-- title: Who answers whom
-- description: Who quotes whom to answer, and how often; the quoted go by the name the group
-- description: shows.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param speaker text: only speakers whose name has this in it
-- param answered text: only answered names that have this in them
-- param limit integer 50: at most so many rows
select s.name as speaker, q.name as answered, count(*) as answers,
       substr(min(m.sent_at), 1, 10) as first_day, substr(max(m.sent_at), 1, 10) as last_day
from quotes q
join messages m on m.id = q.message_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
join speakers s on s.id = m.speaker_id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
  and instr(s.name, ifnull(:speaker, ''))
  and instr(q.name, ifnull(:answered, ''))
group by s.id, q.name
order by answers desc, s.name, q.name
limit ifnull(nullif(:limit, ''), 50);

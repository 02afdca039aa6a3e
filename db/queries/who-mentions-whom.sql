-- title: Who mentions whom
-- description: Who addresses whom with @, by known names, and how often.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param speaker text: only speakers whose name has this in it
-- param mentioned text: only mentioned names that have this in them
-- param limit integer 50: at most so many rows
select s.name as speaker, n.name as mentioned, count(*) as mentions,
       substr(min(m.sent_at), 1, 10) as first_day, substr(max(m.sent_at), 1, 10) as last_day
from mentions n
join messages m on m.id = n.message_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
join speakers s on s.id = m.speaker_id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
  and instr(s.name, ifnull(:speaker, ''))
  and instr(n.name, ifnull(:mentioned, ''))
group by s.id, n.name
order by mentions desc, s.name, n.name
limit ifnull(nullif(:limit, ''), 50);

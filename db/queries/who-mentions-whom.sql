-- title: Who mentions whom
-- description: Who addresses whom with @, under whatever name, and how often. A name that is nobody's
-- description: for sure stands for itself.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param speaker text: only speakers with a name that has this in it
-- param mentioned text: only mentioned ones with a name that has this in it
-- param by_name flag: count the names as written, not the people behind them
-- param limit integer 50: at most so many rows
select ifnull(p.name, s.name) as speaker, ifnull(o.name, n.name) as mentioned,
       count(*) as mentions,
       substr(min(m.sent_at), 1, 10) as first_day, substr(max(m.sent_at), 1, 10) as last_day
from mentions n not indexed
-- from mentions to their messages: the other way round goes through all messages
cross join messages m on m.id = n.message_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
left join speakers t on t.id = n.speaker_id
left join people o on o.id = t.person_id and ifnull(:by_name, '') in ('', 0, '0')
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
  and (instr(s.name, ifnull(:speaker, ''))
       or p.id in (select person_id from aliases where instr(name, :speaker)))
  and (instr(n.name, ifnull(:mentioned, ''))
       or o.id in (select person_id from aliases where instr(name, :mentioned)))
group by speaker, mentioned
order by mentions desc, speaker, mentioned
limit ifnull(nullif(:limit, ''), 50);

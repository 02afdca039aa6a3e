-- title: Who answers whom
-- description: Who quotes whom to answer, and how often. Where it is not known whose words are quoted,
-- description: the name over the quote stands for itself.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param speaker text: only speakers with a name that has this in it
-- param answered text: only answered ones with a name that has this in it
-- param by_name flag: count the names as written, not the people behind them
-- param limit integer 50: at most so many rows
select ifnull(p.name, s.name) as speaker, ifnull(o.name, q.name) as answered, count(*) as answers,
       substr(min(m.sent_at), 1, 10) as first_day, substr(max(m.sent_at), 1, 10) as last_day
from quotes q
-- from quotes to their messages: the other way round goes through all messages
cross join messages m on m.id = q.message_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
left join people o on ifnull(:by_name, '') in ('', 0, '0') and o.id = coalesce(
  (select person_id from speakers where id = q.speaker_id),
  -- of words that several people wrote the name over the quote tells whose they are
  (select max(person_id) from aliases where name = q.name),
  (select w.person_id from messages t join speakers w on w.id = t.speaker_id where t.id = m.reply_to)
)
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
  and (instr(s.name, ifnull(:speaker, ''))
       or p.id in (select person_id from aliases where instr(name, :speaker)))
  and (instr(q.name, ifnull(:answered, ''))
       or o.id in (select person_id from aliases where instr(name, :answered)))
group by speaker, answered
order by answers desc, speaker, answered
limit ifnull(nullif(:limit, ''), 50);

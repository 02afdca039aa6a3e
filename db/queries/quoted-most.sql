-- title: Quoted most
-- description: The words that were quoted most often to answer them, with whose they are.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 20: at most so many rows
select ifnull(o.name, q.name) as quoted, q.text, count(*) as quotes,
       count(distinct ifnull(p.id, s.id)) as quoted_by, min(m.sent_at) as first_quoted
from quotes q
-- from quotes to their messages: the other way round goes through all messages
cross join messages m on m.id = q.message_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
left join speakers s on s.id = m.speaker_id
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
group by quoted, q.text
order by quotes desc, first_quoted, quoted, q.text
limit ifnull(nullif(:limit, ''), 20);

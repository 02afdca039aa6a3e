-- title: Who talks about it
-- description: Who wrote a word in most messages, and what share of their messages that is.
-- param topic text 支付: the word
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 20: at most so many rows
select ifnull(p.name, s.name) as speaker, sum(instr(m.text, ifnull(nullif(:topic, ''), '支付')) > 0) as with_topic,
       count(*) as messages,
       round(100.0 * sum(instr(m.text, ifnull(nullif(:topic, ''), '支付')) > 0) / count(*), 1)
         as percent
from messages m
join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
group by speaker
having with_topic > 0
order by with_topic desc, percent desc, speaker
limit ifnull(nullif(:limit, ''), 20);

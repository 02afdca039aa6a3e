-- title: Who talks about it
-- description: Who wrote a word in most messages, and what share of their messages that is.
-- param topic text 支付: the word
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
-- param limit integer 20: at most so many rows
with found as materialized (
  -- every message is looked at, once, and what follows is of those alone that have the word
  select m.day_id, m.speaker_id, count(*) as messages
  from messages m not indexed
  where instr(m.text, ifnull(nullif(:topic, ''), '支付'))
  group by m.day_id, m.speaker_id
)
select ifnull(p.name, s.name) as speaker, sum(f.messages) as with_topic,
       sum(x.messages) as messages,
       round(100.0 * sum(f.messages) / sum(x.messages), 1) as percent
from days d
join rooms r on r.id = d.room_id
join speaker_days x on x.day_id = d.id
join speakers s on s.id = x.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
left join found f on f.day_id = x.day_id and f.speaker_id = x.speaker_id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
group by ifnull(p.id, s.id)
having with_topic > 0
order by with_topic desc, percent desc, speaker
limit ifnull(nullif(:limit, ''), 20);

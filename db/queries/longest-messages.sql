-- title: Longest messages
-- description: The longest texts that people wrote, by their number of characters.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param speaker text: only speakers whose name has this in it
-- param by_name flag: show the names as they stand, not the people behind them
-- param limit integer 20: at most so many rows
select length(m.text) as characters, m.sent_at, r.slug as room, ifnull(p.name, s.name) as speaker,
       substr(m.text, 1, 60) as beginning, m.key
from messages m
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
  and m.kind = 'text'
  and (instr(s.name, ifnull(:speaker, ''))
       or p.id in (select person_id from aliases where instr(name, :speaker)))
order by characters desc, m.sent_at, m.key
limit ifnull(nullif(:limit, ''), 20);

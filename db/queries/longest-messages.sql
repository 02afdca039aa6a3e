-- title: Longest messages
-- description: The longest texts that people wrote, by their number of characters.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param speaker text: only speakers whose name has this in it
-- param by_name flag: show the names as they stand, not the people behind them
-- param limit integer 20: at most so many rows
with longest as materialized (
  -- every message is looked at, once
  select m.id, length(m.text) as characters
  from messages m not indexed
  where m.kind = 'text'
    and m.day_id in (
      select d.id from days d join rooms r on r.id = d.room_id
      where ifnull(:room, '') in ('', r.slug)
        and d.date >= ifnull(:since, '')
        and d.date <= coalesce(nullif(:until, ''), '9999')
    )
    and m.speaker_id in (
      select s.id from speakers s
      left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
      where instr(s.name, ifnull(:speaker, ''))
         or p.id in (select person_id from aliases where instr(name, :speaker))
    )
  order by characters desc, m.sent_at, m.key
  limit ifnull(nullif(:limit, ''), 20)
)
select l.characters, m.sent_at, r.slug as room, ifnull(p.name, s.name) as speaker,
       substr(m.text, 1, 60) as beginning, m.key
from longest l
join messages m on m.id = l.id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
order by l.characters desc, m.sent_at, m.key;

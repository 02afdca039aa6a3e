-- title: Files shared
-- description: Which files were shared, when and by whom, newest first.
-- param name text: only file names that have this in them
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: show the names as they stand, not the people behind them
-- param limit integer 50: at most so many rows
select m.sent_at, r.slug as room, ifnull(p.name, s.name) as speaker, m.text as file, m.key
from messages m
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
left join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
  and m.kind = 'file'
  and instr(m.text, ifnull(:name, ''))
order by m.sent_at desc, m.key
limit ifnull(nullif(:limit, ''), 50);

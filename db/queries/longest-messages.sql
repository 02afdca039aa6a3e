-- title: Longest messages
-- description: The longest texts that people wrote, by their number of characters.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param speaker text: only speakers whose name has this in it
-- param by_name flag: show the names as they stand, not the people behind them
-- param limit integer 20: at most so many rows
with written as materialized (
  select x.day_id, x.speaker_id, x.longest
  from days d
  join rooms r on r.id = d.room_id
  join speaker_days x on x.day_id = d.id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
    and x.longest > 0
    -- the sign keeps SQLite from asking each day for each of them
    and +x.speaker_id in (
      select s.id from speakers s
      left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
      where instr(s.name, ifnull(:speaker, ''))
         or p.id in (select person_id from aliases where instr(name, :speaker))
    )
),
least as materialized (
  -- what is asked for is no shorter than the longest of so many days and names
  select iif(cast(:limit as integer) < 0, 0, ifnull((
    select longest from written order by longest desc
    limit 1 offset ifnull(nullif(:limit, ''), 20) - 1
  ), 0)) as characters
)
select length(m.text) as characters, m.sent_at, r.slug as room, ifnull(p.name, s.name) as speaker,
       substr(m.text, 1, 60) as beginning, m.key
from written w
cross join messages m on m.speaker_id = w.speaker_id and m.day_id = w.day_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
where w.longest >= (select characters from least)
  and m.kind = 'text'
  and length(m.text) >= (select characters from least)
order by length(m.text) desc, m.sent_at, m.key
limit ifnull(nullif(:limit, ''), 20);

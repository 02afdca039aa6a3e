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
with chosen as materialized (
  select d.id, d.date
  from days d
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
),
speaking as materialized (
  select s.id as speaker_id, ifnull(p.id, s.id) as id
  from speakers s
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  where instr(s.name, ifnull(:speaker, ''))
     or p.id in (select person_id from aliases where instr(name, :speaker))
),
named as materialized (
  select n.name, ifnull(o.name, n.name) as mentioned,
         dense_rank() over (order by ifnull(o.name, n.name)) as id
  from (select distinct name from mentions where name is not null) n
  left join people o on ifnull(:by_name, '') in ('', 0, '0') and o.id = (
    select max(person_id) from aliases where name = n.name
  )
  where instr(n.name, ifnull(:mentioned, ''))
     or o.id in (select person_id from aliases where instr(name, :mentioned))
),
pairs as materialized (
  -- two numbers in one are sorted sooner
  select a.id * 4294967296 + k.id as pair, count(*) as mentions, min(c.date) as first_day,
         max(c.date) as last_day
  from named a
  cross join mentions n on n.name = a.name
  join speaking k on k.speaker_id = n.from_speaker_id
  join chosen c on c.id = n.day_id
  group by pair
),
most as materialized (
  -- those that can be among the rows asked for: only theirs are worth looking for the names of
  select pair >> 32 as id, pair & 4294967295 as speaker_id, mentions, first_day, last_day
  from pairs
  where mentions >= ifnull((
    select mentions from pairs order by mentions desc
    limit 1 offset ifnull(nullif(:limit, ''), 50) - 1
  ), 0) or cast(:limit as integer) < 0
)
-- a person has the id of one of their names
select ifnull(p.name, s.name) as speaker, a.mentioned, t.mentions, t.first_day, t.last_day
from most t
join (select distinct id, mentioned from named) a on a.id = t.id
join speakers s on s.id = t.speaker_id
left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
order by t.mentions desc, speaker, a.mentioned
limit ifnull(nullif(:limit, ''), 50);

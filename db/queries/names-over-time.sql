-- title: Names over time
-- description: The people with several names, the most talkative first: each name with the days it was
-- description: first and last written on, over messages, in quotes or behind an @.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param speaker text: only people with a name that has this in it
-- param limit integer 50: at most so many rows
with written as (
  select d.id as day_id, s.name, count(*) as messages
  from messages m
  join days d on d.id = m.day_id
  join speakers s on s.id = m.speaker_id
  group by d.id, s.id
  union all
  select m.day_id, q.name, 0 from quotes q join messages m on m.id = q.message_id
  union all
  select m.day_id, n.name, 0 from mentions n join messages m on m.id = n.message_id
),
named as (
  select a.person_id, w.name, sum(w.messages) as messages, min(d.date) as first_day,
         max(d.date) as last_day
  from written w
  join days d on d.id = w.day_id
  join rooms r on r.id = d.room_id
  join (select distinct name, person_id from aliases where person_id is not null) a
    on a.name = w.name
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
  group by a.person_id, w.name
),
lined as (
  select person_id, count(*) over theirs as names, sum(messages) over theirs as messages,
         min(first_day) over theirs as first_day, max(last_day) over theirs as last_day,
         group_concat(first_day || ' to ' || last_day || ' ' || name, ', ') over theirs as line,
         row_number() over (partition by person_id) as number
  from named
  window theirs as (
    partition by person_id order by first_day, last_day, name
    rows between unbounded preceding and unbounded following
  )
)
select p.name as person, l.names, l.messages, l.first_day, l.last_day, l.line as names_over_time
from lined l
join people p on p.id = l.person_id
where l.number = 1
  and l.names > 1
  and (ifnull(:speaker, '') = ''
       or p.id in (select person_id from aliases where instr(name, :speaker)))
order by l.messages desc, l.names desc, person
limit ifnull(nullif(:limit, ''), 50);

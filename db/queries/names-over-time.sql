-- title: Names over time
-- description: The people with several names, the most talkative first: each name with the days it was
-- description: first and last written on, over messages, in quotes or behind an @.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param speaker text: only people with a name that has this in it
-- param limit integer 50: at most so many rows
with chosen as materialized (
  select d.id, d.date
  from days d
  join rooms r on r.id = d.room_id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
),
spoken as (
  select x.speaker_id, sum(x.messages) as messages, min(c.date) as first_day,
         max(c.date) as last_day
  from chosen c
  cross join speaker_days x on x.day_id = c.id
  group by x.speaker_id
),
written as (
  select s.name, t.messages, t.first_day, t.last_day
  from spoken t
  join speakers s on s.id = t.speaker_id
  union all
  select q.name, 0, min(c.date), max(c.date)
  from quotes q
  cross join messages m on m.id = q.message_id
  join chosen c on c.id = m.day_id
  group by q.name
  union all
  select n.name, 0, min(c.date), max(c.date)
  from mentions n
  join chosen c on c.id = n.day_id
  where n.name is not null
  group by n.name
),
used as (
  select a.person_id, w.name, sum(w.messages) as messages, min(w.first_day) as first_day,
         max(w.last_day) as last_day
  from written w
  join (select distinct name, person_id from aliases where person_id is not null) a
    on a.name = w.name
  group by a.person_id, w.name
),
lined as (
  select person_id, count(*) over theirs as names, sum(messages) over theirs as messages,
         min(first_day) over theirs as first_day, max(last_day) over theirs as last_day,
         group_concat(first_day || ' to ' || last_day || ' ' || name, ', ') over theirs as line,
         row_number() over (partition by person_id) as number
  from used
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

-- title: Companies
-- description: Which companies people write from: how many people, with how many messages, in which
-- description: roles. A company is what names say, each spelling of it by itself.
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param company text: only companies that have this in them
-- param by_name flag: count single names, not the people behind them
-- param limit integer 50: at most so many rows
with spoken as (
  select x.speaker_id as id, sum(x.messages) as messages, min(d.date) as first_day,
         max(d.date) as last_day
  from days d
  join rooms r on r.id = d.room_id
  join speaker_days x on x.day_id = d.id
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
  group by x.speaker_id
),
employed as (
  select iif(p.id is null, s.company, p.company) as company,
         iif(p.id is null, s.role, p.role) as role, sum(t.messages) as messages,
         min(t.first_day) as first_day, max(t.last_day) as last_day
  from spoken t
  join speakers s on s.id = t.id
  left join people p on p.id = s.person_id and ifnull(:by_name, '') in ('', 0, '0')
  group by ifnull(p.id, s.id)
),
roles as materialized (
  select distinct company, group_concat(role || ' ' || speakers, ', ') over (
           partition by company order by speakers desc, role
           rows between unbounded preceding and unbounded following
         ) as roles
  from (
    select company, role, count(*) as speakers from employed
    where role is not null group by company, role
  )
)
select e.company, count(*) as speakers, sum(e.messages) as messages,
       min(e.first_day) as first_day, max(e.last_day) as last_day, o.roles
from employed e
left join roles o on o.company = e.company
where e.company is not null
  and instr(e.company, ifnull(:company, ''))
group by e.company
order by speakers desc, messages desc, e.company
limit ifnull(nullif(:limit, ''), 50);

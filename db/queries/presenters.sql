-- title: Presenters
-- description: Who gave talks, how many, on which days, and how much was said on them.
-- param presenter text: only presenters with a name that has this in it
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
-- param by_name flag: count single names, not the people behind them
with talks as (
  select ifnull(p.name, d.presenter) as presenter, d.date, r.slug as room, d.messages
  from days d
  join rooms r on r.id = d.room_id
  left join people p on ifnull(:by_name, '') in ('', 0, '0') and p.id = (
    select max(person_id) from aliases where name = d.presenter
  )
  where ifnull(:room, '') in ('', r.slug)
    and d.date >= ifnull(:since, '')
    and d.date <= coalesce(nullif(:until, ''), '9999')
    and (instr(d.presenter, ifnull(:presenter, ''))
         or p.id in (select person_id from aliases where instr(name, :presenter)))
)
select distinct presenter, count(*) over theirs as talks, min(date) over theirs as first_day,
       max(date) over theirs as last_day, sum(messages) over theirs as messages,
       group_concat(room || '/' || date, ' ') over theirs as days
from talks
window theirs as (
  partition by presenter order by date, room
  rows between unbounded preceding and unbounded following
)
order by talks desc, last_day desc, presenter;

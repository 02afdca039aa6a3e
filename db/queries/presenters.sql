-- title: Presenters
-- description: Who gave talks, how many, on which days, and how much was said on them.
-- param presenter text: only presenters whose name has this in it
-- param room text: only this room
-- param since text: from this day on (YYYY-MM-DD)
-- param until text: up to this day (YYYY-MM-DD)
select distinct d.presenter, count(*) over talks as talks, min(d.date) over talks as first_day,
       max(d.date) over talks as last_day, sum(d.messages) over talks as messages,
       group_concat(r.slug || '/' || d.date, ' ') over talks as days
from days d
join rooms r on r.id = d.room_id
where ifnull(:room, '') in ('', r.slug)
  and d.date >= ifnull(:since, '')
  and d.date <= coalesce(nullif(:until, ''), '9999')
  and instr(d.presenter, ifnull(:presenter, ''))
window talks as (
  partition by d.presenter order by d.date, r.slug
  rows between unbounded preceding and unbounded following
)
order by talks desc, last_day desc, d.presenter;

-- title: A message's lines come after those of the one before
-- remedy: `etl rebuild messages` counts them anew
create temp view lines_follow_each_other as
with placed as (
  select id, key, first_line, last_line,
         lag(last_line, 1, 0) over (partition by day_id order by position) as before
  from messages
)
select key as place,
       'it has lines ' || first_line || ' to ' || last_line || ', behind line ' || before as found
from placed
where first_line > last_line or first_line <= before
order by id;

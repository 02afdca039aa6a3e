-- title: Who is meant by a mention goes by its name
-- remedy: `etl rebuild derived` finds out anew who is meant
-- after: a whole load
create temp view mentions_mean_whom_they_name as
select m.key as place,
       'the mention at character ' || n.position || ' means somebody of another name' as found
from mentions n
join messages m on m.id = n.message_id
join speakers s on s.id = n.speaker_id
where not exists (
  select 1 from aliases a
  where a.name = n.name and a.verdict = 'joins' and a.person_id = s.person_id
)
order by m.id, n.position;

-- title: Evidence has a person where it joins; a speaker's own name is theirs
-- remedy: `etl rebuild derived` finds out anew who is who
-- after: a whole load
create temp view evidence_says_whom_it_joins as
select 'aliases/' || a.id as place,
       'that ' || a.name || ' ' || a.verdict || ' does not fit the person it has' as found
from aliases a
join speakers s on s.id = a.speaker_id
where (a.verdict = 'joins') <> (a.person_id is not null)
   or (a.kind = 'header' and (a.name <> s.name or a.person_id is not s.person_id))
union all
select 'speakers/' || s.id, s.name || ' is not among the evidence'
from speakers s
where not exists (
  select 1 from aliases a where a.name = s.name and a.speaker_id = s.id and a.kind = 'header'
)
order by 1, 2;

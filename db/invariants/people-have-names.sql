-- title: Somebody is behind each speaker; people.id is the least of their speakers, people.name theirs
-- remedy: `etl rebuild derived` finds out anew who is who
-- after: a whole load
create temp view people_have_names as
select 'speakers/' || s.id as place, 'nobody is behind ' || s.name as found
from speakers s
where s.person_id is null
union all
select 'people/' || p.id, p.name || ' is not the person of speaker ' || p.id
from people p
where p.id is not (select min(s.id) from speakers s where s.person_id = p.id)
union all
select 'people/' || p.id, p.name || ' is no name of theirs'
from people p
where not exists (select 1 from aliases a where a.name = p.name and a.person_id = p.id)
order by 1, 2;

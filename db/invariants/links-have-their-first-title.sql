-- title: A link has the title it was first shared under
-- remedy: `etl rebuild derived` gives it that
-- after: a whole load
create temp view links_have_their_first_title as
with titled as (
  select l.id, l.url, l.title, (
    select t.title from message_links t join messages m on m.id = t.message_id
    where t.link_id = l.id and t.title <> '' order by m.sent_at, m.key, t.ordinal limit 1
  ) as first
  from links l
)
select url as place, 'links.title is ' || quote(title) || ', not ' || quote(first) as found
from titled
where title is not first
order by id;

-- title: Speakers, links, emoji and tags are there because something has them
-- remedy: `etl rebuild derived` takes out those that nothing has
-- after: a whole load
create temp view shared_rows_are_used as
select 'speakers/' || id as place, 'no message is from ' || name as found
from speakers s where not exists (select 1 from messages m where m.speaker_id = s.id)
union all
select 'links/' || id, 'no message has ' || url
from links l where not exists (select 1 from message_links t where t.link_id = l.id)
union all
select 'emoji/' || id, 'no message has ' || code
from emoji e where not exists (select 1 from message_emoji t where t.emoji_id = e.id)
union all
select 'tags/' || id, 'no day has ' || name
from tags g where not exists (select 1 from day_tags t where t.tag_id = g.id)
order by 1;

-- title: A message has each of its emoji as often as is said
-- remedy: `etl rebuild emoji` counts them anew
create temp view emoji_are_in_their_message as
select m.key as place, 'it has ' || e.code || ' not ' || t.count || ' times' as found
from message_emoji t
join messages m on m.id = t.message_id
join emoji e on e.id = t.emoji_id
where (length(m.text) - length(replace(m.text, e.code, ''))) <> t.count * length(e.code)
order by m.id, e.id;

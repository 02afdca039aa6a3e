-- title: A message probably answers an earlier one of its day, and quotes none
-- remedy: `etl rebuild derived` guesses anew
-- after: a whole load
create temp view guesses_come_later as
select m.key as place, 'it cannot answer ' || o.key as found
from inferred_replies i
join messages m on m.id = i.message_id
join messages o on o.id = i.reply_to
where m.day_id <> o.day_id or o.position >= m.position
   or exists (select 1 from quotes q where q.message_id = m.id)
order by m.id;

-- title: A message was sent at a time of its day
-- remedy: `etl rebuild messages --from PATH` with the page's file, or restore a backup (`etl restore FILE`)
create temp view messages_are_of_their_day as
select m.key as place, 'messages.sent_at is ' || quote(m.sent_at) as found
from messages m
join days d on d.id = m.day_id
where m.sent_at is not datetime(m.sent_at, '+0 days') or substr(m.sent_at, 1, 10) is not d.date
order by m.id;

-- title: A message answers an earlier one of its room, which it quotes
-- remedy: `etl rebuild derived` finds out anew what it answers
-- after: a whole load
create temp view replies_come_later as
select m.key as place,
       iif(q.message_id is null, 'it answers ' || o.key || ' without a quote',
           'it answers ' || o.key || ', which is not before it in its room') as found
from messages m
join messages o on o.id = m.reply_to
join days d on d.id = m.day_id
join days e on e.id = o.day_id
left join quotes q on q.message_id = m.id
where q.message_id is null or d.room_id <> e.room_id
   or (e.date, o.position) >= (d.date, m.position)
order by m.id;

-- title: A day knows the least and the greatest id of its messages
-- remedy: `etl rebuild derived` looks for them anew
create temp view days_know_their_range as
select r.slug || '/' || d.date as place,
       'its messages are not ' || ifnull(d.first_message_id, '…') || ' to '
       || ifnull(d.last_message_id, '…') || ' but ' || ifnull(min(m.id), '…') || ' to '
       || ifnull(max(m.id), '…') as found
from days d
join rooms r on r.id = d.room_id
left join messages m on m.day_id = d.id
group by d.id
having d.first_message_id is not min(m.id) or d.last_message_id is not max(m.id)
order by d.id;

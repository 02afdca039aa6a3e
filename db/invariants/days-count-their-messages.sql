-- title: A day says how many messages it has
-- remedy: `etl rebuild derived` counts them anew
create temp view days_count_their_messages as
select r.slug || '/' || d.date as place,
       'days.messages is ' || d.messages || ', there are ' || count(m.id) as found
from days d
join rooms r on r.id = d.room_id
left join messages m on m.day_id = d.id
group by d.id
having d.messages <> count(m.id)
order by d.id;

-- title: Where a mention is said to stand, there is an @, and what is written behind it
-- remedy: `etl rebuild mentions` reads them anew
create temp view mentions_stand_behind_an_at as
select m.key as place,
       'there is no @' || ifnull(n.written, '') || ' at character ' || n.position as found
from mentions n
join messages m on m.id = n.message_id
where substr(m.text, n.position, 1) <> '@'
   or substr(m.text, n.position + 1, length(n.written)) <> n.written
order by m.id, n.position;

-- title: What a message quotes, and what it replies, stand in its text
-- remedy: `etl rebuild quotes` reads them anew
create temp view quotes_are_in_their_message as
select m.key as place, 'its quote is not in its text' as found
from quotes q
join messages m on m.id = q.message_id
where m.kind <> 'text' or not instr(m.text, q.text) or not instr(m.text, q.reply)
   or not instr(m.text, q.name)
order by m.id;

-- title: Pictures are those messages that show one, shared links have one, missing ones no text
-- remedy: `etl rebuild messages` reads the bodies anew
create temp view kinds_have_what_they_say as
select m.key as place,
       'its kind is ' || m.kind || iif(i.message_id is null, ', without a picture',
                                       ', with a picture')
       || iif(l.message_id is null, ' or link', ' and a link') as found
from messages m
left join message_images i on i.message_id = m.id
left join message_links l on l.message_id = m.id and l.ordinal = 1
where (m.kind = 'image') <> (i.message_id is not null)
   or (m.kind = 'link' and l.message_id is null)
   or (m.kind in ('image', 'missing') and m.text <> '')
order by m.id;

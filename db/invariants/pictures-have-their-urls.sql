-- title: The URL that a picture was shown under is one of that picture
-- remedy: `etl rebuild images` reads them anew
create temp view pictures_have_their_urls as
select m.key as place, 'it shows a picture under the URL of another one' as found
from message_images t
join messages m on m.id = t.message_id
join image_urls u on u.id = t.image_url_id
where u.image_id <> t.image_id
order by m.id;

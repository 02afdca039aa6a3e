-- title: Most shared links
-- description: The pages that were shared or typed most often, with who shared them first.
-- param host text: only this host
-- param limit integer 20: at most so many rows
select l.title, l.url, l.host, count(*) as shares, min(m.sent_at) as first_shared
from message_links t
join links l on l.id = t.link_id
join messages m on m.id = t.message_id
where (:host is null or l.host = :host)
group by l.id
order by shares desc, first_shared, l.url
limit :limit;

-- title: A day's date is one
-- remedy: restore a backup (`etl restore FILE`)
create temp view days_have_dates as
select r.slug || '/' || d.date as place, quote(d.date) || ' is no date' as found
from days d
join rooms r on r.id = d.room_id
where d.date is not date(d.date, '+0 days')
order by d.id;

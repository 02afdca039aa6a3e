-- What a changed page takes to find out who is who: of each day who wrote when, in one piece, as it
-- looks at many days for each name (those that were loaded before get theirs when they are looked at
-- first); and what is new on a page that only got more.

create table voices (
  -- Who wrote when on a day, packed so that all of it is read at once; made from its messages.
  day_id integer primary key references days (id), -- the day
  packed blob not null -- compressed (zlib): five columns of 32-bit integers, little-endian, in the order of time, notices left out: seconds since midnight, ids of messages and their positions, each less the one before; ids of speakers; and a sum of 1 where another speaker wrote the same text in the same second, 2 where the message is text, 4 where that asks something
) strict;

alter table changed_days add column new_from integer /* messages from this id on are new, and what was there before stayed as it was; empty where any may have changed or gone */;

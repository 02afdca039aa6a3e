-- Who answers to a name is looked at again only where one of its mentions changed.

alter table changed_names add column mentioned integer not null default 1 /* whether it stood behind an @ there: 1 or 0 */;

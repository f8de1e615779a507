-- Where whole clusters are drawn: the place of the person's cluster in the draw order of its cell. It stands on the
-- identifying side alone; answers are in a cluster as far as their link is there.
alter table invitation add column cluster integer;

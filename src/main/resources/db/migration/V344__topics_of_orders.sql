-- Stores keep of an order's place only the number and the partition, and not the topic's name: so numbers are given
-- over all topics that have ever been the one of orders. (Rows without a role: others, and those of earlier versions
-- until their topic is looked at again.)
alter table topic_incarnation add column role text;
create unique index topic_incarnation_of_role on topic_incarnation (role, number);

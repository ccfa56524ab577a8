-- Whoever answered: which days of a city are had
CREATE INDEX collected_day_by_city ON collected_day (city, local_day);

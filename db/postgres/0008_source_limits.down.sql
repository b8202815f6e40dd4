DROP TABLE authd.source_limits;

DROP TABLE source_limits;

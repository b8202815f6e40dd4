DROP TABLE authd.one_time_tokens;

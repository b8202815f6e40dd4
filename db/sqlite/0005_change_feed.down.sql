DROP TABLE change_feed;

DROP TABLE feed_head;

DROP TABLE authd.change_feed;

DROP TABLE authd.feed_head;

DROP FUNCTION authd.announce_change();

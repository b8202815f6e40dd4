DROP TABLE authd.sign_in_places;

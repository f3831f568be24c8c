-- How many values of a column are not of its type; see `misfits`.
CREATE TABLE _misfits (
    table_id bigint NOT NULL REFERENCES _tables,
    account text COLLATE "C" NOT NULL,
    place bigint NOT NULL,
    found text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (table_id, account, place, found)
);

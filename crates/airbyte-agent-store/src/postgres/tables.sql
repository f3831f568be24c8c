-- The tables that the store keeps for itself. STORE stands for the name of the schema.
CREATE TABLE _store (version bigint NOT NULL);
CREATE TABLE _tables (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    connector text NOT NULL,
    entity text NOT NULL,
    description text NOT NULL,
    keys text NOT NULL,
    hidden text NOT NULL,
    next_column bigint NOT NULL,
    UNIQUE (connector, entity)
);
CREATE UNIQUE INDEX ON _tables (lower(name));
CREATE TABLE _columns (
    table_id bigint NOT NULL REFERENCES _tables,
    place bigint NOT NULL,
    property text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    is_searched boolean NOT NULL,
    description text NOT NULL,
    PRIMARY KEY (table_id, place)
);
CREATE TABLE _accounts (
    table_id bigint NOT NULL REFERENCES _tables,
    account text COLLATE "C" NOT NULL,
    rows bigint NOT NULL DEFAULT 0,
    position text,
    synced_at text,
    complete_at text,
    pass bigint,
    pass_started_at text,
    pass_records bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (table_id, account)
);
CREATE TABLE _passes (last bigint NOT NULL);
INSERT INTO _passes VALUES (0);
CREATE TABLE _seen (
    pass bigint NOT NULL,
    row bigint NOT NULL,
    PRIMARY KEY (pass, row)
);
CREATE TABLE _changes (
    sequence bigint PRIMARY KEY,
    table_id bigint NOT NULL REFERENCES _tables,
    account text NOT NULL,
    key text NOT NULL,
    kind bigint NOT NULL,
    at text COLLATE "C" NOT NULL
);
CREATE TABLE _last_change (last bigint NOT NULL);
INSERT INTO _last_change VALUES (0);
CREATE TABLE _text (
    id bigint PRIMARY KEY,
    name tsvector NOT NULL,
    whole tsvector NOT NULL
);
CREATE INDEX ON _text USING gin (name);
CREATE INDEX ON _text USING gin (whole);
CREATE TABLE _words (
    length bigint NOT NULL,
    word text COLLATE "C" NOT NULL,
    PRIMARY KEY (length, word)
);

-- JSON as jsonb, which has no room for the character of value 0.
CREATE FUNCTION _as_json(value text) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT CASE WHEN strpos(value, '\u0000') = 0 THEN value
        ELSE regexp_replace(value, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g') END::jsonb
$$;

-- A value without what is at a path inside it. A path goes through every element of a list.
CREATE FUNCTION _removed(value jsonb, path jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    name text := path ->> 0;
BEGIN
    IF jsonb_typeof(value) = 'array' THEN
        RETURN (SELECT coalesce(jsonb_agg(STORE._removed(item, path) ORDER BY place), '[]')
            FROM jsonb_array_elements(value) WITH ORDINALITY AS items (item, place));
    ELSIF jsonb_typeof(value) <> 'object' OR NOT value ? name THEN
        RETURN value;
    ELSIF jsonb_array_length(path) = 1 THEN
        RETURN value - name;
    END IF;
    RETURN jsonb_set(value, ARRAY[name], STORE._removed(value -> name, path - 0));
END
$$;

-- A value without texts inside it whose names say that they are secrets.
CREATE FUNCTION _public(value jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF jsonb_typeof(value) = 'array' THEN
        RETURN (SELECT coalesce(jsonb_agg(STORE._public(item) ORDER BY place), '[]')
            FROM jsonb_array_elements(value) WITH ORDINALITY AS items (item, place));
    ELSIF jsonb_typeof(value) = 'object' THEN
        RETURN (SELECT coalesce(jsonb_object_agg(name, STORE._public(member)), '{}')
            FROM jsonb_each(value) AS members (name, member)
            WHERE NOT (jsonb_typeof(member) = 'string'
                AND regexp_replace(lower(name), '[^[:alnum:]]', '', 'g') ~ 'SECRETS'));
    END IF;
    RETURN value;
END
$$;

-- A value without what is at these paths, and without secrets if these are not seen. Views of records use it, so that
-- it runs as the owner of the schema whoever reads them.
CREATE FUNCTION _without(value jsonb, paths text, hides boolean) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = STORE, pg_temp AS $$
DECLARE
    path jsonb;
BEGIN
    FOR path IN SELECT * FROM jsonb_array_elements(paths::jsonb) LOOP
        value := STORE._removed(value, path);
    END LOOP;
    RETURN CASE WHEN hides THEN STORE._public(value) ELSE value END;
END
$$;

CREATE FUNCTION _without(value json, paths text, hides boolean) RETURNS json
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = STORE, pg_temp AS $$
    SELECT STORE._without(STORE._as_json(value::text), paths, hides)::json
$$;

-- Texts can hold lists and objects, too.
CREATE FUNCTION _without(value text, paths text, hides boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = STORE, pg_temp AS $$
DECLARE
    inner_value jsonb;
BEGIN
    IF value IS NULL OR value !~ '^\s*[\[{]' THEN
        RETURN value;
    END IF;
    BEGIN
        inner_value := STORE._as_json(value);
    EXCEPTION WHEN data_exception THEN
        RETURN value;
    END;
    RETURN STORE._without(inner_value, paths, hides)::text;
END
$$;

-- Lets queries read a view, if there is a role for them.
CREATE FUNCTION _grant(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'STORE_reader') THEN
        EXECUTE format('GRANT SELECT ON STORE.%I TO STORE_reader', name);
    END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION _grant(text) FROM PUBLIC;

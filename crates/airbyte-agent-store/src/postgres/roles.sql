-- The roles under which queries run. They may not be made by everybody; what is missing is told when a query needs it.
DO $$
DECLARE
    role text;
    view text;
BEGIN
    FOREACH role IN ARRAY ARRAY['STORE_reader', 'STORE_viewer'] LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = role);
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', role);
            EXECUTE format('GRANT %I TO %I', role, current_user);
        EXCEPTION
            WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
        END;
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'STORE_reader')
        AND NOT has_schema_privilege('STORE_reader', 'STORE', 'USAGE')
    THEN
        GRANT USAGE ON SCHEMA STORE TO STORE_reader;
        FOR view IN SELECT name FROM STORE._tables LOOP
            PERFORM STORE._grant(view);
        END LOOP;
    END IF;
END
$$;

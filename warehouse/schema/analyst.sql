-- The analyst of a real server: reads every table but no keyed hash of a person, within limits.
-- `python -m warehouse migrate` executes this with the name, password and database of
-- COUNTERFOIL_CLICKHOUSE_ANALYST; the embedded server keeps its users itself.

CREATE SETTINGS PROFILE IF NOT EXISTS counterfoil_analyst SETTINGS
    readonly = 2 READONLY,
    max_execution_time = 60 READONLY,
    max_memory_usage = 4000000000 READONLY,
    max_result_rows = 1000000,
    allow_ddl = 0 READONLY,
    allow_introspection_functions = 0 READONLY;

CREATE ROLE IF NOT EXISTS counterfoil_analyst SETTINGS PROFILE 'counterfoil_analyst';

GRANT SHOW, SELECT ON {database}.* TO counterfoil_analyst;

REVOKE SELECT(visitor, networks) ON {database}.events FROM counterfoil_analyst;
REVOKE SELECT(visitor) ON {database}.sessions FROM counterfoil_analyst;
REVOKE SELECT(visitor) ON {database}.touches FROM counterfoil_analyst;
REVOKE SELECT(visitor) ON {database}.conversions FROM counterfoil_analyst;
REVOKE SELECT(head) ON {database}.dead_letters FROM counterfoil_analyst;

CREATE USER IF NOT EXISTS {user} IDENTIFIED BY {password} DEFAULT DATABASE {database};
ALTER USER {user} IDENTIFIED BY {password};

GRANT counterfoil_analyst TO {user};
SET DEFAULT ROLE counterfoil_analyst TO {user};

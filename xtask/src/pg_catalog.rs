//! `pg-catalog`: write the analyzer's tables of PostgreSQL's types, operators, functions, casts and system relations,
//! as live servers' `pg_catalog` has them.
//!
//! The files are tab-separated, sorted by name, and committed; `analyzer/src/data/postgres/mod.rs` reads them and says
//! what the columns are. What an extension brings stands in files of its own. A line says which releases have it: give
//! a server of each, the oldest that the tables cover among them.

use std::{collections::BTreeMap, fs, io::Write, path::Path, process::Command, process::Stdio};

use anyhow::{Context, Result, bail, ensure};

/// The extensions that the tables cover: those that come with PostgreSQL and give types, operators or functions to
/// queries.
const EXTENSIONS: [&str; 21] = [
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dblink",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "pg_stat_statements",
    "pg_trgm",
    "pgcrypto",
    "seg",
    "tablefunc",
    "tsm_system_rows",
    "unaccent",
    "uuid-ossp",
    "xml2",
];

/// The database that the extensions are created in, and dropped again.
const SCRATCH: &str = "aio_databases_pg_catalog";

/// What one file holds: its name, its columns, and the query that gives its lines. The last of these is the extension
/// that an object belongs to; `since` and `until` follow it in the file.
const TABLES: [(&str, &str, &str); 5] = [
    (
        "types.tsv",
        "name\tkind\tcategory\tpreferred\tarray\telement\trange\tmultirange\textension",
        "select t.typname, t.typtype, t.typcategory, case when t.typispreferred then 'p' end,
                case when exists (select from pg_type a where a.oid = t.typarray) then 'a' end,
                case when t.typelem <> 0 then pg_temp.type_text(t.typelem) end,
                (select pg_temp.type_text(rngsubtype) from pg_range where t.oid in (rngtypid, rngmultitypid)),
                (select pg_temp.type_text(rngmultitypid) from pg_range where t.oid = rngtypid),
                pg_temp.extension('pg_type', t.oid)
           from pg_type t
          where t.typtype <> 'c' and not pg_temp.is_array(t.oid) and t.typnamespace <> 'information_schema'::regnamespace
            and t.typnamespace <> 'pg_toast'::regnamespace and t.typnamespace::regnamespace::text !~ '^pg_temp'",
    ),
    (
        "functions.tsv",
        "name\targuments\tresult\tflags\tout\textension",
        "select p.proname,
                (select string_agg(
                          coalesce(nullif(case when p.proargmodes is null then p.proargnames[i]
                                               else (select n from unnest(p.proargnames, p.proargmodes) with ordinality u(n, m, o)
                                                      where m in ('i', 'b', 'v') order by o offset i - 1 limit 1) end, '') || ':', '')
                          || case when p.provariadic <> 0 and i = p.pronargs then '*' else '' end
                          || pg_temp.type_text(p.proargtypes[i - 1])
                          || case when i > p.pronargs - p.pronargdefaults then '=' else '' end, ' ' order by i)
                   from generate_series(1, p.pronargs) i),
                case when p.proretset then 'setof ' else '' end || pg_temp.type_text(p.prorettype),
                case when p.prokind = 'a' then (select case a.aggkind when 'n' then 'a' else a.aggkind::text end from pg_aggregate a where a.aggfnoid = p.oid)
                     else p.prokind::text end
                || case when p.proisstrict then 's' else '' end || case when p.provolatile = 'v' then 'v' else '' end,
                coalesce(
                  (select string_agg(coalesce(nullif(n, ''), 'column' || k) || ':' || pg_temp.type_text(t), ' ' order by o)
                     from (select n, t, o, row_number() over (order by o) k
                             from unnest(p.proargnames, p.proallargtypes, p.proargmodes) with ordinality u(n, t, m, o)
                            where m in ('o', 'b', 't')) x
                   having count(*) > 0),
                  (select string_agg(attname || ':' || pg_temp.type_text(atttypid), ' ' order by attnum)
                     from pg_attribute join pg_type r on r.oid = p.prorettype and r.typtype = 'c'
                    where attrelid = r.typrelid and attnum > 0 and not attisdropped)),
                pg_temp.extension('pg_proc', p.oid)
           from pg_proc p
          where p.pronamespace <> 'information_schema'::regnamespace and p.pronamespace::regnamespace::text !~ '^pg_temp'
            and not exists (select from pg_type t
                             where t.oid = any (p.proargtypes::oid[] || p.prorettype)
                               and t.typname in ('internal', 'trigger', 'event_trigger', 'language_handler', 'fdw_handler',
                                                 'index_am_handler', 'tsm_handler', 'table_am_handler', 'pg_ddl_command'))",
    ),
    (
        "operators.tsv",
        "name\tleft\tright\tresult\tflags\textension",
        "select o.oprname, case when o.oprleft = 0 then '-' else pg_temp.type_text(o.oprleft) end, pg_temp.type_text(o.oprright),
                pg_temp.type_text(o.oprresult),
                case when p.proisstrict then 's' else '' end || case when p.provolatile = 'v' then 'v' else '' end,
                pg_temp.extension('pg_operator', o.oid)
           from pg_operator o join pg_proc p on p.oid = o.oprcode",
    ),
    (
        "casts.tsv",
        "from\tto\tcontext\tmethod\textension",
        "select pg_temp.type_text(c.castsource), pg_temp.type_text(c.casttarget), c.castcontext, c.castmethod,
                pg_temp.extension('pg_cast', c.oid)
           from pg_cast c
          where not exists (select from pg_type where oid in (castsource, casttarget) and typtype = 'c')",
    ),
    (
        "relations.tsv",
        "schema\trelation\tkind\tcolumn\ttype\tnot null\textension",
        "select n.nspname, c.relname, c.relkind, a.attname, pg_temp.type_text(case when t.typtype = 'd' then t.typbasetype else t.oid end),
                case when a.attnotnull then 'n' end, pg_temp.extension('pg_class', c.oid)
           from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
                join pg_type t on t.oid = a.atttypid
          where c.relkind in ('r', 'v') and n.nspname !~ '^pg_(toast|temp)' and a.attnum > 0 and not a.attisdropped",
    ),
];

/// How a type is written in the files, whether it is an array, and what extension an object belongs to.
const PRELUDE: &str = "
set client_min_messages = error;
create function pg_temp.is_array(oid) returns bool language sql as $$
  select exists (select from pg_type e where e.typarray = $1) $$;
create function pg_temp.type_text(oid) returns text language sql as $$
  select case when t.typtype = 'c' then 'record' when e.typtype = 'c' then 'record[]'
              when e.oid is not null then e.typname || '[]' else t.typname end
    from pg_type t left join pg_type e on e.typarray = t.oid where t.oid = $1 $$;
create function pg_temp.extension(text, oid) returns text language sql as $$
  select e.extname from pg_depend d join pg_extension e on e.oid = d.refobjid
   where d.classid = ('pg_catalog.' || $1)::regclass and d.objid = $2 and d.deptype = 'e'
     and d.refclassid = 'pg_catalog.pg_extension'::regclass and e.extname <> 'plpgsql' $$;
";

/// Writes all tables, from the servers at the URLs (by default that of `AIO_DATABASES_POSTGRES_URL`).
pub(crate) fn run(args: impl Iterator<Item = String>) -> Result<()> {
    let mut urls: Vec<String> = args.collect();
    if urls.is_empty() {
        let url = std::env::var("AIO_DATABASES_POSTGRES_URL").ok();
        urls.extend([url.context("which servers? give their URLs, or set AIO_DATABASES_POSTGRES_URL")?]);
    }
    let mut servers = urls.iter().map(|url| Server::ask(url)).collect::<Result<Vec<_>>>()?;
    servers.sort_by_key(|server| server.release);
    for pair in servers.windows(2) {
        ensure!(pair[0].release + 1 == pair[1].release, "give one server of each release, without a gap");
    }
    let folder = crate::root().join("analyzer/src/data/postgres");
    fs::create_dir_all(folder.join("extensions"))?;
    for (n, (name, columns, _)) in TABLES.iter().enumerate() {
        write_table(&folder.join(name), "", columns, &servers, |server| &server.built_in[n])?;
        let covered = format!(" with {}", EXTENSIONS.join(" "));
        let path = folder.join("extensions").join(name);
        write_table(&path, &covered, columns, &servers, |server| &server.brought[n])?;
    }
    Ok(())
}

/// What one server answered: the lines of each table.
struct Server {
    version: String,
    release: u8,
    built_in: Vec<Vec<String>>,
    brought: Vec<Vec<String>>,
}

impl Server {
    fn ask(url: &str) -> Result<Server> {
        let drop = format!("drop database if exists {SCRATCH}");
        psql(url, &drop)?;
        psql(url, &format!("create database {SCRATCH} template template0"))?;
        let answer = Server::read(&with_database(url)?);
        psql(url, &drop)?;
        answer
    }

    fn read(url: &str) -> Result<Server> {
        let version = psql(url, "show server_version")?;
        let version = version.split_whitespace().next().unwrap_or_default().to_owned();
        let release = version.split('.').next().unwrap_or_default().parse()?;
        let rows = |query: &str| -> Result<Vec<String>> {
            let rows = psql(url, &format!("{PRELUDE}{query};"))?;
            let lines = rows.lines().filter(|line| !line.is_empty());
            Ok(lines.map(|line| line.trim_end_matches('\t').to_owned()).collect())
        };
        let built_in = TABLES.iter().map(|(_, _, query)| rows(query)).collect::<Result<_>>()?;
        for name in EXTENSIONS {
            psql(url, &format!("create extension if not exists \"{name}\" cascade"))?;
        }
        let brought = TABLES.iter().map(|(_, columns, query)| {
            let count = columns.split('\t').count();
            let names = (1..=count).map(|i| format!("c{i}")).collect::<Vec<_>>().join(", ");
            rows(&format!("select * from ({query}) q({names}) where c{count} is not null"))
        });
        Ok(Server { brought: brought.collect::<Result<_>>()?, version, release, built_in })
    }
}

/// Writes what the servers say of one table: each line once, with the releases that have it.
fn write_table(
    path: &Path,
    covered: &str,
    columns: &str,
    servers: &[Server],
    rows: impl Fn(&Server) -> &Vec<String>,
) -> Result<()> {
    let (Some(oldest), Some(newest)) = (servers.first(), servers.last()) else { return Ok(()) };
    // The newest server's order first: the columns of a relation keep it.
    let mut found: BTreeMap<&str, (usize, u8, u8)> = BTreeMap::new();
    for line in servers.iter().rev().flat_map(|server| rows(server).iter().map(|line| (line, server.release)))
    {
        let order = found.len();
        found.entry(line.0).and_modify(|(_, since, _)| *since = line.1).or_insert((order, line.1, line.1));
    }
    let mut lines: Vec<(&str, (usize, u8, u8))> = found.into_iter().collect();
    // By the first column, as bytes: the reader searches in that order.
    let by_order = path.ends_with("relations.tsv");
    let key = |line: &str| {
        line.split('\t').take(if by_order { 2 } else { usize::MAX }).map(str::to_owned).collect::<Vec<_>>()
    };
    lines.sort_by_cached_key(|(line, (order, ..))| (key(line), if by_order { *order } else { 0 }));

    let width = columns.split('\t').count();
    let versions = if oldest.release == newest.release {
        newest.version.clone()
    } else {
        format!("{} to {}", oldest.version, newest.version)
    };
    let mut text = format!("# PostgreSQL {versions}{covered}\n# {columns}\tsince\tuntil\n");
    for (line, (_, since, until)) in &lines {
        let release = |n: &u8, always: u8| if *n == always { String::new() } else { n.to_string() };
        let gap = "\t".repeat(width - line.split('\t').count());
        let line =
            format!("{line}{gap}\t{}\t{}", release(since, oldest.release), release(until, newest.release));
        text.push_str(line.trim_end_matches('\t'));
        text.push('\n');
    }
    fs::write(path, text).with_context(|| format!("can't write {}", path.display()))?;
    println!("{}: {} lines", path.display(), lines.len());
    Ok(())
}

/// Runs a script, and gives its rows: a line a row, a tab between columns, nothing for null.
pub(crate) fn psql(url: &str, script: &str) -> Result<String> {
    let mut child = Command::new("psql")
        .args(["-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("can't start psql (Debian: postgresql-client)")?;
    let mut input = child.stdin.take().context("psql has no input")?;
    let script = script.to_owned();
    let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("psql: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    ensure!(writer.join().is_ok(), "psql took no input");
    Ok(String::from_utf8(output.stdout)?)
}

/// The URL with the scratch database instead of its own.
fn with_database(url: &str) -> Result<String> {
    let (head, query) = url.split_once('?').map_or((url, None), |(head, query)| (head, Some(query)));
    let start = head.find("://").map(|at| at + 3).context("that is no URL")?;
    let end = head[start..].find('/').map_or(head.len(), |at| start + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Ok(format!("{}/{SCRATCH}{query}", &head[..end]))
}

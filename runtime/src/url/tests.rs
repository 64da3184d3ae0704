//! Tables of URLs. Those of all backends are read where all are there: of others no more than the scheme is looked at.

use super::*;

#[cfg(feature = "sqlite")]
fn sqlite(url: &str) -> SqliteTarget {
    match DatabaseUrl::parse(url).unwrap_or_else(|error| panic!("{url}: {error}")).0.target {
        Target::Sqlite(target) => target,
        other => panic!("{url}: {other:?}"),
    }
}

#[cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
fn server(url: &str) -> ServerTarget {
    match DatabaseUrl::parse(url).unwrap_or_else(|error| panic!("{url}: {error}")).0.target {
        Target::Server(target) => target,
        other => panic!("{url}: {other:?}"),
    }
}

#[cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
fn problem(url: &str) -> String {
    match DatabaseUrl::parse(url) {
        Err(error) => error.to_string(),
        Ok((url, _)) => panic!("{} is no mistake", url.redacted()),
    }
}

#[test]
#[cfg(feature = "sqlite")]
fn sqlite_paths() {
    for (url, path, mode) in [
        ("sqlite::memory:", "", Mode::Memory),
        ("sqlite://:memory:", "", Mode::Memory),
        ("sqlite:///:memory:", "", Mode::Memory),
        ("sqlite:", "", Mode::Memory),
        ("sqlite://", "", Mode::Memory),
        ("sqlite:data.db", "data.db", Mode::Create),
        ("sqlite://data.db", "data.db", Mode::Create),
        ("sqlite://some/data.db", "some/data.db", Mode::Create),
        ("sqlite:./some/data.db", "./some/data.db", Mode::Create),
        ("sqlite:///var/data.db", "/var/data.db", Mode::Create),
        ("sqlite:/var/data.db", "/var/data.db", Mode::Create),
        ("sqlite:my%20data%3F.db", "my data?.db", Mode::Create),
        ("SQLite:data.db", "data.db", Mode::Create),
        ("sqlite:data.db?mode=ro", "data.db", Mode::ReadOnly),
        ("sqlite:data.db?mode=rw", "data.db", Mode::ReadWrite),
        ("sqlite:data.db?mode=rwc", "data.db", Mode::Create),
        ("sqlite:data.db?mode=memory", "", Mode::Memory),
        ("sqlite::memory:?mode=ro", "", Mode::Memory),
        ("aiosqlite:///data.db", "data.db", Mode::Create),
        ("aiosqlite:////var/data.db", "/var/data.db", Mode::Create),
        ("aiosqlite:///:memory:", "", Mode::Memory),
        ("aiosqlite+pool:///data.db", "data.db", Mode::Create),
    ] {
        let target = sqlite(url);
        assert_eq!((target.path.as_str(), target.mode), (path, mode), "{url}");
    }
}

#[test]
#[cfg(feature = "sqlite")]
fn sqlite_options() {
    let target = sqlite("sqlite:a.db?busy_timeout=0.5&foreign_keys=off&journal_mode=DELETE");
    assert_eq!(target.busy_timeout.map(|time| time.as_millis()), Some(500));
    assert_eq!(target.pragmas, [("foreign_keys", "off".to_owned()), ("journal_mode", "delete".to_owned())]);
}

#[test]
fn schemes() {
    for (scheme, backend) in [
        ("sqlite", Backend::Sqlite),
        ("aiosqlite", Backend::Sqlite),
        ("postgres", Backend::Postgres),
        ("postgresql", Backend::Postgres),
        ("asyncpg", Backend::Postgres),
        ("asyncpg+pool", Backend::Postgres),
        ("aiopg", Backend::Postgres),
        ("aiopg+pool", Backend::Postgres),
        ("mysql", Backend::Mysql),
        ("mariadb", Backend::Mysql),
        ("aiomysql", Backend::Mysql),
        ("aiomysql+pool", Backend::Mysql),
        ("trio-mysql", Backend::Mysql),
        ("trio-mysql+pool", Backend::Mysql),
        ("triopg", Backend::Postgres),
        ("triopg+pool", Backend::Postgres),
    ] {
        let (url, _) = DatabaseUrl::parse(&format!("{scheme}://host/name")).unwrap();
        assert_eq!((url.backend(), url.scheme()), (backend, scheme));
    }
}

#[test]
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
fn server_parts() {
    /// User, password, host, port, socket, database.
    type Parts<'a> =
        (Option<&'a str>, Option<&'a str>, Option<&'a str>, Option<u16>, Option<&'a str>, Option<&'a str>);
    let all: &[(&str, Parts<'_>)] = &[
        ("postgres://localhost/app", (None, None, Some("localhost"), None, None, Some("app"))),
        ("postgres://ada@db:5433/app", (Some("ada"), None, Some("db"), Some(5433), None, Some("app"))),
        ("mysql://ada:secret@db/app", (Some("ada"), Some("secret"), Some("db"), None, None, Some("app"))),
        ("mysql://ada:@db/app", (Some("ada"), Some(""), Some("db"), None, None, Some("app"))),
        (
            "postgres://a%40b:p%3A%2Fw%20%C3%A9@db/my%20app",
            (Some("a@b"), Some("p:/w é"), Some("db"), None, None, Some("my app")),
        ),
        ("postgres://ada:p@ss/w@db/app", (Some("ada"), Some("p@ss/w"), Some("db"), None, None, Some("app"))),
        ("postgres://[::1]:5433/app", (None, None, Some("::1"), Some(5433), None, Some("app"))),
        ("postgres:///app", (None, None, None, None, None, Some("app"))),
        (
            "postgres:///app?host=/run/postgresql",
            (None, None, None, None, Some("/run/postgresql"), Some("app")),
        ),
        (
            "postgres://%2Frun%2Fpostgresql/app",
            (None, None, None, None, Some("/run/postgresql"), Some("app")),
        ),
        (
            "mysql://root@localhost/app?socket=/run/mysqld/mysqld.sock",
            (Some("root"), None, Some("localhost"), None, Some("/run/mysqld/mysqld.sock"), Some("app")),
        ),
        (
            "postgres://ada:pw@/app?host=/run/postgresql",
            (Some("ada"), Some("pw"), None, None, Some("/run/postgresql"), Some("app")),
        ),
        ("postgres://ada:p:w#1@db/app", (Some("ada"), Some("p:w#1"), Some("db"), None, None, Some("app"))),
        (
            "postgres://db/app?user=ada@tenant&password=p@w",
            (Some("ada@tenant"), Some("p@w"), Some("db"), None, None, Some("app")),
        ),
        ("postgres://db?user=ada@tenant", (Some("ada@tenant"), None, Some("db"), None, None, None)),
        ("postgres://Db_1.intern:/", (None, None, Some("Db_1.intern"), None, None, None)),
        ("postgres://d%C3%A9@dé/é a", (Some("dé"), None, Some("dé"), None, None, Some("é a"))),
        (" mysql://ada@db/app\n", (Some("ada"), None, Some("db"), None, None, Some("app"))),
    ];
    for (url, parts) in all {
        let target = server(url);
        let found = (
            target.user.as_deref(),
            target.password.as_deref(),
            target.host.as_deref(),
            target.port,
            target.socket.as_deref(),
            target.database.as_deref(),
        );
        assert_eq!(found, *parts, "{url}");
    }
}

#[test]
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
fn pool_options() {
    let (_, options) = DatabaseUrl::parse(
        "postgres://h/n?max_size=7&minsize=2&acquire_timeout=1.5&idle_timeout=never&max_lifetime=60&sslmode=disable",
    )
    .unwrap();
    assert_eq!((options.max_size, options.min_size), (7, 2));
    assert_eq!(options.acquire_timeout.as_millis(), 1500);
    assert_eq!(options.idle_timeout, None);
    assert_eq!(options.max_lifetime.map(|time| time.as_secs()), Some(60));
}

#[test]
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
fn mistakes_are_named() {
    for (url, parts) in [
        ("", &["an empty text is not a database URL", "`sqlite:`"][..]),
        ("data.db", &["not a database URL"]),
        ("C:\\data.db", &["not a database URL"]),
        ("localhost:5432/app", &["not a database URL"]),
        ("postgress://h/n", &["`postgress:`", "did you mean `postgres:`?", "`aiomysql`", "`trio-mysql`"]),
        ("sqllite:data.db", &["did you mean `sqlite:`?"]),
        ("mongodb://h/n", &["`mongodb:` names no database. The known schemes are `sqlite`, `postgres`"]),
        ("postgres:h/n", &["expected `//` and a host"]),
        ("postgres://h:port/n", &["the port", "`%40`"]),
        ("postgres://h:70000/n", &["the port", "65535"]),
        ("postgres://u:p%zz@h/n", &["`%25`"]),
        ("postgres://u:p%@h/n", &["`%25`"]),
        ("postgres://h/a%zz", &["`%25`"]),
        ("postgres://h%zz/a", &["`%25`"]),
        ("postgres://h/a?user=%z", &["`%25`"]),
        ("postgres://u:%ff@h/n", &["not UTF-8"]),
        ("postgres://u:p?w@h/n", &["`postgres://u:***@h/n`", "the port", "`?` as `%3F`"]),
        ("postgres://u:1?w@h/n", &["`postgres://u:***@h/n`", "`?` as `%3F`"]),
        ("postgres://u:1?w=2@h/n", &["`postgres://u:***@h/n`", "`?` as `%3F`"]),
        ("postgres://u:p@1?w@h/n", &["`postgres://u:***@h/n`", "`?` as `%3F`"]),
        ("postgres://h/n#1", &["`#` as `%23`"]),
        ("postgres://u:p@:5432/n", &["a host before the port"]),
        ("postgres://[::x]/n", &["an IPv6 address"]),
        ("postgres://h 2/n", &["the host has a character"]),
        ("mysql://h1:3306,h2:3307/n", &["several hosts are not supported", "replica(…)"]),
        ("postgres://h1,h2:port/n", &["the port"]),
        ("postgres://h/n?options[a b]=c", &["the name of a setting"]),
        ("postgres://h/n?oauth_issuer=x", &["`Builder::password_hook`"]),
        ("postgres://h/n?prepareThreshold=0", &["`pooler=transaction`"]),
        ("mysql://h/n?connectTimeout=5000", &["`connect_timeout=…`"]),
        ("postgres://h/n\n?user=a", &["a line break"]),
        ("postgres://h/n?application_name=a%00database%00b", &["a NUL character"]),
        ("postgres://h/n?maxsize=many", &["`maxsize` takes a number of connections"]),
        ("postgres://h/n?max_size=0", &["`max_size` takes a number of connections, at least 1"]),
        (
            "postgres://h/n?ssl_mode=require",
            &["unknown option `ssl_mode`", "did you mean `sslmode`?", "`max_size`"],
        ),
        ("postgres://h/n?sslmode=yes", &["`sslmode` takes one of `disable`, `allow`"]),
        ("sqlite:a.db?mode=rwx", &["`mode` takes one of `ro`, `rw`, `rwc` and `memory`"]),
        ("sqlite:a.db?journal_mode=wall", &["`journal_mode` takes one of `wal`"]),
        ("sqlite:a.db?color=red", &["unknown option `color`. The options are"]),
        ("sqlite:a.db?cache=shared", &["option `cache`: leave it out"]),
        ("sqlite:a.db?check_same_thread=false", &["Python's driver"]),
        (
            "mysql://h/n?collation=utf8mb4_bin;create table t (a int)",
            &["`collation` takes a name of letters"],
        ),
        ("mysql://h/n?charset=utf8mb4'", &["`charset` takes a name of letters"]),
        ("mysql://h/n?useSSL=true", &["write `ssl-mode=required`"]),
        ("postgres://h/n?SSLMODE=require", &["did you mean `sslmode`?"]),
        ("postgres://h/n?pooler=statement", &["`pooler` takes `transaction` or `session`"]),
        ("postgres://h/n?pgbouncer=maybe", &["`pgbouncer` takes `true` or `false`"]),
        ("postgres://h/n?statement_cache_size=few", &["takes a number of statements"]),
        ("postgres://h/n?channel_binding=on", &["`channel_binding` takes one of `disable`, `prefer`"]),
        ("postgres://h/n?keepalives_idle=soon", &["`keepalives_idle` takes a number"]),
        ("postgres://h/n?timezone=UTC';drop table t", &["`timezone` takes the name of a time zone"]),
        ("postgres://h/n?statement_timeout=long", &["`statement_timeout` takes a number of seconds"]),
        ("mysql://h/n?pooler=transaction", &["unknown option `pooler`"]),
        ("mysql://h/n?timezone=Europe/Zurich", &["`convert_tz(…)`"]),
        ("sqlite:a.db?pooler=transaction", &["unknown option `pooler`"]),
        ("sqlite:a.db?statement_timeout=5", &["`query_timeout=…`"]),
        ("postgres://h/n?password=a&b", &["`postgres://h/n?password=***&`", "write `&` as `%26`"]),
        ("aioodbc://h/n", &["`aioodbc:` is not supported: ODBC"]),
        ("aioodbc+pool://h/n", &["`aioodbc+pool:` is not supported: ODBC"]),
        ("jdbc:postgresql://h/n", &["leave out `jdbc:`"]),
        ("file:./dev.db", &["write `sqlite:` and"]),
        ("postgresql+asyncpg://h/n", &["write `postgresql:`"]),
    ] {
        let problem = problem(url);
        for part in parts {
            assert!(problem.contains(part), "{url}: {problem}");
        }
    }
}

#[test]
fn a_known_scheme_of_a_backend_that_is_not_compiled_in_names_its_feature() {
    for backend in Backend::ALL {
        let there = match backend {
            Backend::Sqlite => cfg!(feature = "sqlite"),
            Backend::Postgres => cfg!(feature = "postgres"),
            Backend::Mysql => cfg!(feature = "mysql"),
        };
        match crate::Database::new(format!("{backend}://h/n")) {
            Ok(_) => assert!(there, "{backend}"),
            Err(error) => {
                assert!(!there, "{backend}: {error}");
                assert!(error.to_string().contains(&format!("features = [\"{backend}\"]")), "{error}");
            }
        }
    }
}

#[test]
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
fn passwords_are_not_shown() {
    for (url, shown) in [
        ("postgres://ada:secret@h:1/n?sslmode=require", "postgres://ada:***@h:1/n?sslmode=require"),
        ("postgres://ada@h/n", "postgres://ada@h/n"),
        ("postgres://:secret@h/n", "postgres://:***@h/n"),
        ("postgres://ada:se@cr/et?@h/n", "postgres://ada:***@h/n"),
        ("postgres://ada:secret@h/n?password=secret&user=a", "postgres://ada:***@h/n?password=***&user=a"),
        ("postgres:ada:secret@h/n", "postgres:***@h/n"),
        ("ada:secret@h/n", "ada:***@h/n"),
        ("nonsense://ada:secret@h", "nonsense://ada:***@h"),
        ("postgres://ada:secret", "postgres://ada:***"),
        ("postgres://ada:1secret/n?user=a", "postgres://ada:***/n?user=a"),
        ("postgres://[::1]:5432/n", "postgres://[::1]:5432/n"),
        ("postgres://[::1]/n", "postgres://[::1]/n"),
        ("postgres://h:1/n?password=secret@1&user=a", "postgres://h:1/n?password=***&user=a"),
        ("postgres://h/n?PASSWORD=secret", "postgres://h/n?PASSWORD=***"),
        ("postgres://ada:secret@h/n?user=a@b", "postgres://ada:***@b"),
        ("postgres://h/n?pass%77ord=secret", "postgres://h/n?pass%77ord=***"),
        ("postgres://h/n?%50%57%44=secret&user=a", "postgres://h/n?%50%57%44=***&user=a"),
        (
            "postgres://h/n?sslpassword=secret&sslmode=require",
            "postgres://h/n?sslpassword=***&sslmode=require",
        ),
        ("postgres://h/n?SslPassword=secret", "postgres://h/n?SslPassword=***"),
        ("postgres://h/n?password=x&secret&user=a", "postgres://h/n?password=***&user=a"),
        ("postgres://h/n?password=x&pwd=secret&user=a", "postgres://h/n?password=***&pwd=***&user=a"),
        ("postgres://h/n?password=x?b=secret", "postgres://h/n?password=***?"),
        ("host=h user=ada password=secret dbname=n", "host=h user=ada password=*** dbname=n"),
        ("Server=h;Uid=ada;Pwd=secret;", "Server=h;Uid=ada;Pwd=***;"),
        ("libsql://h?authToken=secret", "libsql://h?authToken=***"),
        ("sqlite:data.db", "sqlite:data.db"),
        ("sqlite://C:\\data.db", "sqlite://C:\\data.db"),
    ] {
        assert_eq!(redact(url), shown);
        if url.contains("secret") {
            let everything = match DatabaseUrl::parse(url) {
                Ok((parsed, _)) => format!("{} {:?}", parsed.redacted(), parsed.target()),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!everything.contains("secret"), "{everything}");
        }
    }
}

#[test]
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
fn options_of_other_programs() {
    let (_, options) = DatabaseUrl::parse(
        "postgres://h/n?connection_limit=5&pool_timeout=3&channel_binding=prefer&gssencmode=disable&supa=base-pooler.x",
    )
    .unwrap();
    assert_eq!((options.max_size, options.acquire_timeout.as_secs()), (5, 3));
    assert_eq!(sqlite("sqlite:a.db?timeout=2").busy_timeout.map(|time| time.as_secs()), Some(2));
    for (url, options) in [
        (
            "postgres://h/n?ssl-mode=REQUIRE&fallback_application_name=a",
            &[("sslmode", "require"), ("application_name", "a")][..],
        ),
        ("postgres://h/n?schema=a b\"c", &[("options", "-c search_path=\"a\\ b\"\"c\"")]),
        ("postgres://h/n?options[search_path]=a, b", &[("options", "-c search_path=a,\\ b")]),
        ("postgres://h/n?sslmode=VERIFY_IDENTITY", &[("sslmode", "verify-full")]),
        ("mysql://h/n?sslmode=verify-full", &[("ssl-mode", "verify_identity")]),
        ("postgres://h/n?sslmode=no-verify", &[("sslmode", "no-verify")]),
        (
            "postgres://h/n?sslmode=require&channel_binding=require&target_session_attrs=read-write",
            &[("sslmode", "require"), ("channel_binding", "require"), ("target_session_attrs", "read-write")],
        ),
        ("postgres://h/n?options=endpoint%3Dep-a-1", &[]),
        (
            "mysql://h/n?sslmode=required&ssl_ca=a.pem&charset=utf8mb4",
            &[("ssl-mode", "required"), ("ssl-ca", "a.pem"), ("charset", "utf8mb4")],
        ),
    ] {
        let target = server(url);
        let found: Vec<_> = target.options.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(found, options, "{url}");
    }
    assert_eq!(server("postgres://h?username=ada&database=n").user.as_deref(), Some("ada"));
    let several = server("postgres://ada:p,w@h1:1,[::1]:2,h3/n");
    assert_eq!((several.host.as_deref(), several.port), (Some("h1"), Some(1)));
    assert_eq!(several.others, [("::1".to_owned(), Some(2)), ("h3".to_owned(), None)]);
    assert_eq!(several.password.as_deref(), Some("p,w"));
}

#[test]
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
fn poolers_and_time_limits() {
    let options = |url: &str| DatabaseUrl::parse(url).unwrap_or_else(|error| panic!("{url}: {error}")).1;
    for (option, pooler) in [
        ("pooler=transaction", true),
        ("pooler=session", false),
        ("pgbouncer=true", true),
        ("pgbouncer=false", false),
        ("statement_cache_capacity=0", true),
        ("statement-cache-capacity=0", true),
        ("statement_cache_size=0", true),
        ("statement_cache_capacity=100", false),
    ] {
        assert_eq!(options(&format!("postgres://h/n?{option}")).pooler, pooler, "{option}");
    }
    for (value, millis) in [
        ("5", Some(5_000)),
        ("0.25", Some(250)),
        ("250ms", Some(250)),
        ("2min", Some(120_000)),
        ("0", None),
        ("never", None),
    ] {
        let found = options(&format!("mysql://h/n?statement_timeout={value}")).statement_timeout;
        assert_eq!(found.map(|time| time.as_millis()), millis, "{value}");
    }
    let found = options("postgres://h/n?connect_timeout=3&lock_timeout=1h&test_before_acquire=true");
    assert_eq!(found.connect_timeout.map(|time| time.as_secs()), Some(3));
    assert_eq!(found.lock_timeout.map(|time| time.as_secs()), Some(3600));
    assert!(found.test_before_acquire);
}

#[test]
#[cfg(feature = "sqlite")]
fn an_option_without_a_name_is_not_an_option() {
    assert!(matches!(
        DatabaseUrl::parse("sqlite:a.db?&mode=ro&").map(|(url, _)| url.target),
        Ok(Target::Sqlite(SqliteTarget { mode: Mode::ReadOnly, .. }))
    ));
    let Err(Error::Url(error)) = DatabaseUrl::parse("sqlite:a.db?mode") else {
        panic!("a mode without a value")
    };
    assert!(matches!(error.problem(), UrlProblem::BadOption { .. }));
}

//! How a database is opened and closed: lazily, without a URL, with passwords that change; and what becomes of connections in use.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use aio_databases::{Backend, Builder, ConnectProblem, Database, Error};
use tokio::time::timeout;

use crate::bench;

const SOON: Duration = Duration::from_secs(10);

#[tokio::test]
async fn new_is_lazy_and_pooled() {
    for (name, url, _folder) in bench::urls() {
        let db = Database::new(&url).unwrap();
        assert!(!db.is_connected(), "{name}");
        let ids = "select pg_backend_pid()::int8";
        let id = async || match db.backend() {
            Backend::Postgres => db.fetchval::<i64>(ids, ()).await.unwrap(),
            Backend::Mysql => db.fetchval::<i64>("select connection_id()", ()).await.unwrap(),
            _ => db.fetchval::<i64>("select 1", ()).await.unwrap(),
        };
        let first = id().await;
        assert!(db.is_connected(), "{name}");
        if !url.contains("pooler") {
            assert_eq!(id().await, first, "{name}");
        }
        if name == "memory" {
            db.execute("create table opening_lazy (a int)", ()).await.unwrap();
            db.execute("insert into opening_lazy values (1)", ()).await.unwrap();
        }
        db.connect().await.unwrap();
        db.disconnect().await.unwrap();
        assert!(!db.is_connected(), "{name}");
        id().await;
        db.disconnect().await.unwrap();
    }
    let refused = Database::new("postgres://user@127.0.0.1:9/name").unwrap().fetchone("select 1", ()).await;
    assert!(matches!(refused, Err(Error::Connect(_))));
}

#[tokio::test]
async fn many_tasks_make_one_pool() {
    for (name, url, _folder) in bench::urls() {
        let db = Database::builder(&url).max_size(3).build().unwrap();
        let tasks = (0..20).map(|number: i64| {
            let db = db.clone();
            tokio::spawn(async move { db.fetchval::<i64>("select $1 + 0", (number,)).await })
        });
        for (number, task) in tasks.collect::<Vec<_>>().into_iter().enumerate() {
            assert_eq!(task.await.unwrap().unwrap(), Some(number as i64), "{name}");
        }
        db.disconnect().await.unwrap();
    }
}

/// The parts of a server's URL: user, password, host, port, database.
fn parts(url: &str) -> [&str; 5] {
    let rest = url.split_once("://").unwrap().1.split('?').next().unwrap();
    let (credentials, rest) = rest.split_once('@').unwrap();
    let (user, password) = credentials.split_once(':').unwrap();
    let (address, database) = rest.split_once('/').unwrap();
    let (host, port) = address.split_once(':').unwrap();
    [user, password, host, port, database]
}

fn of_parts(url: &str) -> Builder {
    let [user, _, host, port, database] = parts(url);
    let builder = if url.starts_with("mysql") { Database::mysql() } else { Database::postgres() };
    builder.host(host).port(port.parse().unwrap()).user(user).database(database)
}

#[tokio::test]
async fn without_a_url() {
    for (name, url, _folder) in bench::urls() {
        if url.starts_with("sqlite") {
            continue;
        }
        let [user, password, host, port, database] = parts(&url);
        let db = of_parts(&url).password(password).open().await.unwrap();
        assert_eq!(db.fetchval::<i64>("select 7", ()).await.unwrap(), Some(7), "{name}");
        let scheme = url.split(':').next().unwrap();
        assert_eq!(db.url(), format!("{scheme}://{user}@{host}:{port}/{database}"));
        let shown = format!("{:?}", of_parts(&url).password(password));
        assert!(!shown.contains(password), "{shown}");
        let Err(error) = of_parts(&url).option("colour", "red").build() else { panic!("no such option") };
        assert!(error.to_string().contains("unknown option `colour`"), "{error}");
    }
    if cfg!(feature = "postgres") {
        let url = std::env::var("AIO_DATABASES_POSTGRES_URL");
        let Some(url) = url.ok().filter(|url| !url.contains("pooler")) else { return };
        let [_, password, ..] = parts(&url);
        let db = of_parts(&url).password(password).application_name("a test's").open().await.unwrap();
        let name = db.fetchval::<String>("show application_name", ()).await.unwrap();
        assert_eq!(name.as_deref(), Some("a test's"));
    }
}

#[tokio::test]
async fn several_hosts() {
    let url = std::env::var("AIO_DATABASES_POSTGRES_URL").ok().filter(|url| !url.contains("pooler"));
    let (Some(url), Ok(standby)) = (url, std::env::var("AIO_DATABASES_POSTGRES_STANDBY_URL")) else { return };
    let [user, password, host, port, database] = parts(&url);
    let [_, _, _, of_standby, _] = parts(&standby);
    for (hosts, role, is_standby) in [
        // Nobody listens at the discard port.
        (format!("{host}:9,{host}:{port}"), "any", false),
        (format!("{host}:{of_standby},{host}:{port}"), "read-write", false),
        (format!("{host}:{port},{host}:{of_standby}"), "standby", true),
    ] {
        let url = format!("postgres://{user}:{password}@{hosts}/{database}?target_session_attrs={role}");
        let db = Database::open(&url).await.unwrap();
        let found = db.fetchval::<bool>("select pg_is_in_recovery()", ()).await.unwrap();
        assert_eq!(found, Some(is_standby), "{hosts} {role}");
    }
    let url = format!("postgres://{user}:{password}@{host}:{port}/{database}?target_session_attrs=standby");
    let error = Database::open(&url).await.unwrap_err().to_string();
    assert!(error.contains("be a standby"), "{error}");
}

#[tokio::test]
async fn settings_of_the_session() {
    let url = std::env::var("AIO_DATABASES_POSTGRES_URL").ok().filter(|url| !url.contains("pooler"));
    let Some(url) = url else { return };
    let options = "timezone=Asia/Tokyo&options[search_path]=a,%20b&options=-c%20work_mem=1024&keepalives_idle=30&tcp_user_timeout=60000";
    let db = Database::open(format!("{url}?{options}")).await.unwrap();
    let settings = "select array[current_setting('TimeZone'), current_setting('search_path'), current_setting('work_mem')]";
    let found = db.fetchval::<Vec<Option<String>>>(settings, ()).await.unwrap().unwrap();
    let found: Vec<_> = found.iter().flatten().map(String::as_str).collect();
    assert_eq!(found, ["Asia/Tokyo", "a, b", "1MB"]);
    // A server's text cannot change what a terminal shows.
    let error = db
        .execute("do $$ begin raise exception using message = e'a\\x1b[31mb'; end $$", ())
        .await
        .unwrap_err();
    assert!(error.to_string().contains(r"a\u{1b}[31mb"), "{error}");
}

#[tokio::test]
async fn passwords_that_change() {
    for (name, url, _folder) in bench::urls() {
        if url.starts_with("sqlite") {
            continue;
        }
        let [_, password, ..] = parts(&url);
        let (asked, password) = (Arc::new(AtomicUsize::new(0)), password.to_owned());
        let count = Arc::clone(&asked);
        let db = of_parts(&url)
            .password("expired")
            .password_hook(move || {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let token = if number < 2 { password.clone() } else { "expired".to_owned() };
                async move { Ok::<_, Error>(token) }
            })
            .open()
            .await
            .unwrap();
        let (_one, _two) = (db.connection().await.unwrap(), db.connection().await.unwrap());
        assert_eq!(asked.load(Ordering::SeqCst), 2, "{name}");
        let Err(Error::Connect(error)) = db.connection().await else { panic!("{name}") };
        assert_eq!(error.problem(), ConnectProblem::Authentication, "{error}");
        let failing = of_parts(&url).password_hook(async || Err::<String, _>("the vault is sealed"));
        let error = failing.open().await.unwrap_err();
        assert!(error.to_string().contains("the vault is sealed"), "{error}");
    }
}

/// `kill query` needs a log-in with a password of its own.
#[tokio::test]
async fn cancelling_asks_for_a_password() {
    let Ok(url) = std::env::var("AIO_DATABASES_MYSQL_URL") else { return };
    let password = parts(&url)[1].to_owned();
    let db = of_parts(&url).max_size(1).password_hook(move || {
        let password = password.clone();
        async move { Ok::<_, Error>(password) }
    });
    let db = db.open().await.unwrap();
    let started = Instant::now();
    assert!(timeout(Duration::from_millis(100), db.execute("select sleep(20)", ())).await.is_err());
    assert_eq!(db.fetchval::<i64>("select 7", ()).await.unwrap(), Some(7));
    assert!(started.elapsed() < SOON);
}

#[tokio::test]
async fn disconnecting_waits_and_then_stops() {
    for bench in bench::all().await {
        if bench.name == "memory" {
            continue;
        }
        // What ends in time is waited for.
        let db = Database::open(&bench.url).await.unwrap();
        let held = {
            let db = db.clone();
            tokio::spawn(async move {
                let conn = db.connection().await?;
                tokio::time::sleep(Duration::from_millis(300)).await;
                conn.fetchval::<i64>("select 7", ()).await
            })
        };
        tokio::time::sleep(Duration::from_millis(100)).await;
        db.disconnect().await.unwrap();
        assert!(held.is_finished(), "{}", bench.name);
        assert_eq!(held.await.unwrap().unwrap(), Some(7));
        // What does not is stopped.
        let db = Database::builder(&bench.url)
            .disconnect_timeout(Duration::from_millis(300))
            .open()
            .await
            .unwrap();
        let (slow, run) = (bench.slow(), db.clone());
        let running = tokio::spawn(async move { run.fetchone(slow, ()).await });
        let guard = db.clone();
        let idle = tokio::spawn(async move {
            let conn = guard.connection().await.unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
            conn.fetchval::<i64>("select 7", ()).await
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        let started = Instant::now();
        db.disconnect().await.unwrap();
        assert!(
            started.elapsed() >= Duration::from_millis(300) && started.elapsed() < SOON,
            "{}",
            bench.name
        );
        for stopped in [running.await.unwrap().map(drop), idle.await.unwrap().map(drop)] {
            assert!(matches!(stopped, Err(Error::PoolClosed)), "{}: {stopped:?}", bench.name);
        }
        // This task's own guard goes on.
        let db = Database::open(&bench.url).await.unwrap();
        let conn = db.connection().await.unwrap();
        let started = Instant::now();
        db.disconnect().await.unwrap();
        assert!(started.elapsed() < Duration::from_secs(5), "{}", bench.name);
        assert_eq!(conn.fetchval::<i64>("select 7", ()).await.unwrap(), Some(7), "{}", bench.name);
    }
}

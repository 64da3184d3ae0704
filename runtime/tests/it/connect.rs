//! Connections that cannot be made.

use aio_databases::{ConnectProblem, Database, Error};

use crate::bench;

async fn refused(url: &str) -> (ConnectProblem, String) {
    match Database::open(url).await {
        Err(Error::Connect(error)) => (error.problem(), error.to_string()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[cfg(feature = "sqlite")]
async fn sqlite_files_that_cannot_be_opened() {
    let (problem, text) = refused("sqlite:no/such/folder/data.db").await;
    assert_eq!(problem, ConnectProblem::NotFound);
    assert!(text.contains("there is no folder `no/such/folder`"), "{text}");
    let (problem, text) = refused("sqlite:no-such-file.db?mode=ro").await;
    assert_eq!(problem, ConnectProblem::NotFound);
    assert!(text.contains("mode=rwc"), "{text}");
    let (_, text) = refused("sqlite:///no-such-folder/data.db").await;
    assert!(text.contains("write `sqlite:no-such-folder/data.db`"), "{text}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.db");
    std::fs::write(&path, "this is no database, it is a text that is long enough to be told apart").unwrap();
    let (problem, text) = refused(&format!("sqlite:{}", path.display())).await;
    assert_eq!(problem, ConnectProblem::Other);
    assert!(text.contains("file is not a database"), "{text}");
}

#[tokio::test]
#[cfg(feature = "sqlite")]
async fn a_file_that_is_only_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("data.db").display());
    let db = Database::open(&file).await.unwrap();
    db.execute("create table t (a int)", ()).await.unwrap();
    let read = Database::open(format!("{file}?mode=ro")).await.unwrap();
    assert_eq!(read.fetchval::<i64>("select count(*) from t", ()).await.unwrap(), Some(0));
    let error = read.execute("insert into t values (1)", ()).await.unwrap_err();
    assert!(error.to_string().contains("opened for reading only"), "{error}");
}

#[tokio::test]
async fn servers_that_do_not_let_one_in() {
    for (name, url, _) in bench::urls() {
        if !url.contains("://") {
            continue;
        }
        // Nothing listens on the first port.
        let scheme = url.split(':').next().unwrap();
        let (problem, text) = refused(&format!("{scheme}://ada:secret@127.0.0.1:1/app")).await;
        assert_eq!(problem, ConnectProblem::Refused, "{name}: {text}");
        assert!(text.contains("ada:***@127.0.0.1:1/app") && !text.contains("secret"), "{text}");
        let (problem, text) = refused(&format!("{scheme}://ada@no-such-host.invalid/app")).await;
        assert_eq!(problem, ConnectProblem::NotFound, "{name}: {text}");

        let (rest, _) = url.rsplit_once('/').unwrap();
        let (problem, text) = refused(&format!("{rest}/no_such_database")).await;
        assert_eq!(problem, ConnectProblem::UnknownDatabase, "{name}: {text}");
        let host = rest.rsplit_once('@').unwrap().1;
        let (problem, text) = refused(&format!("{scheme}://no_such_user:secret@{host}/app")).await;
        assert!(
            matches!(problem, ConnectProblem::Authentication | ConnectProblem::UnknownDatabase),
            "{name}: {problem:?} {text}"
        );
        assert!(!text.contains("secret"), "{text}");
    }
}

#[tokio::test]
#[cfg(feature = "sqlite")]
async fn settings_without_bounds() {
    use std::time::Duration;

    let db = Database::builder("sqlite::memory:")
        .max_size(usize::MAX)
        .acquire_timeout(Duration::MAX)
        .idle_timeout(Duration::MAX)
        .slow_query(None)
        .open()
        .await
        .unwrap();
    assert_eq!(db.fetchval::<i64>("select 1", ()).await.unwrap(), Some(1));
    db.disconnect().await.unwrap();
}

#[tokio::test]
#[cfg(feature = "postgres")]
async fn a_server_that_never_answers() {
    use std::time::Duration;

    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://ada@{}/app", silent.local_addr().unwrap());
    for pooled in [true, false] {
        let db = Database::builder(&url).acquire_timeout(Duration::from_millis(100)).build().unwrap();
        let error = if pooled { db.connect().await.err() } else { db.execute("select 1", ()).await.err() };
        match error {
            Some(Error::Connect(error)) => {
                assert_eq!(error.problem(), ConnectProblem::TimedOut(Duration::from_millis(100)));
            }
            other => panic!("{other:?}"),
        }
    }
}

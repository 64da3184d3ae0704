//! Sessions: how they begin and end, and what the server says in between.

use std::time::Duration;

use aio_databases_postgres::{ConnectProblem, Host};

use super::*;

#[tokio::test]
async fn what_the_server_says_of_itself() {
    let mut connection = connection!();
    assert_eq!(connection.parameter("client_encoding"), Some("UTF8"));
    let process = connection.process_id().to_string();
    assert_eq!(rows(&mut connection, "select pg_backend_pid()", &[]).await.unwrap(), [process]);
    execute(&mut connection, "set application_name = 'another'").await;
    assert_eq!(connection.parameter("application_name"), Some("another"));
    connection.close().await;
}

#[tokio::test]
async fn options_and_hosts() {
    let Some(mut config) = config() else { return };
    config.set("application_name", "driver tests").unwrap();
    config.set("options", "-c statement_timeout=4321 -c geqo=off").unwrap();
    config.set("target_session_attrs", "read-write").unwrap();
    config.set("max_protocol_version", "3.2").unwrap();
    // The first one cannot be reached.
    config.hosts.insert(0, Host::new("127.0.0.1", 1));
    let connector = Connector::new(config.clone()).unwrap();
    let mut connection = connector.connect().await.unwrap();
    let sql = "select current_setting('application_name'), current_setting('statement_timeout')";
    assert_eq!(rows(&mut connection, sql, &[]).await.unwrap(), ["driver tests,4321ms"]);
    connection.cancel_token().cancel().await.unwrap();

    for (target, wanted) in [("standby", "be a standby"), ("read-only", "only read")] {
        config.set("target_session_attrs", target).unwrap();
        let error = Connector::new(config.clone()).unwrap().connect().await.unwrap_err();
        assert_eq!(error.kind, ConnectProblem::WrongRole);
        assert!(error.to_string().contains(wanted), "{error}");
    }
    config.set("target_session_attrs", "prefer-standby").unwrap();
    Connector::new(config).unwrap().connect().await.unwrap();
}

#[tokio::test]
async fn why_there_is_no_connection() {
    let Some(config) = config() else { return };
    let error = async |change: &dyn Fn(&mut Config)| {
        let mut config = config.clone();
        change(&mut config);
        Connector::new(config).unwrap().connect().await.map(|_| ()).unwrap_err()
    };
    let unknown = error(&|config| config.set("dbname", "no such database").unwrap()).await;
    assert_eq!(unknown.kind, ConnectProblem::UnknownDatabase);
    assert_eq!(unknown.server().unwrap().code, "3D000");
    assert_eq!(
        error(&|config| config.set("user", "nobody_here").unwrap()).await.kind,
        ConnectProblem::Authentication
    );
    assert_eq!(error(&|config| config.set("port", "1").unwrap()).await.kind, ConnectProblem::Io);
    assert_eq!(error(&|config| config.set("host", "/nonexistent").unwrap()).await.kind, ConnectProblem::Io);
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let is_silent = |config: &mut Config| {
        config.hosts = vec![Host::new("127.0.0.1", port)];
        config.connect_timeout = Some(Duration::from_millis(50));
    };
    assert_eq!(error(&is_silent).await.kind, ConnectProblem::TimedOut);
}

#[tokio::test]
async fn a_session_that_the_server_ends() {
    let (mut connection, mut other) = (connection!(), connection!());
    connection.check().unwrap();
    let terminate = format!("select pg_terminate_backend({})", connection.process_id());
    rows(&mut other, &terminate, &[]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let error = connection.check().unwrap_err();
    assert_eq!(error.code(), Some("57P01"));
    assert!(connection.is_broken());
    assert!(matches!(rows(&mut connection, "select 1", &[]).await, Err(Error::Closed)));

    let mut connection = connection!();
    let terminate = format!("select pg_terminate_backend({})", connection.process_id());
    let (ended, _) = tokio::join!(rows(&mut connection, "select pg_sleep(60)", &[]), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        rows(&mut other, &terminate, &[]).await.unwrap()
    });
    assert_eq!(ended.unwrap_err().code(), Some("57P01"));
}

#[tokio::test]
async fn notifications() {
    let (mut connection, mut other) = (connection!(), connection!());
    execute(&mut connection, "listen jobs").await;
    execute(&mut other, "notify jobs, 'one'; notify jobs, 'two'").await;
    for expected in ["one", "two"] {
        let notification = connection.wait_for_notification().await.unwrap();
        assert_eq!((&*notification.channel, &*notification.payload), ("jobs", expected));
        assert_eq!(notification.process_id, other.process_id());
    }
    // They also come with the answers of statements, and while the connection is idle.
    execute(&mut connection, "notify jobs, 'own'").await;
    works(&mut connection).await;
    assert_eq!(connection.notification().unwrap().payload, "own");
    execute(&mut other, "notify jobs, 'idle'").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    connection.check().unwrap();
    assert_eq!(connection.notification().unwrap().payload, "idle");
    dropped::after(1, connection.wait_for_notification()).await;
    works(&mut connection).await;
}

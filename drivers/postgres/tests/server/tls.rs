//! TLS, and log-ins with a password, as far as the server supports them.

use aio_databases_postgres::ConnectProblem;

use super::*;

/// A connection with options.
async fn with(options: &[(&str, &str)]) -> Result<Connection, aio_databases_postgres::ConnectError> {
    let mut config = config().unwrap();
    for (option, value) in options {
        config.set(option, value).unwrap();
    }
    Connector::new(config)?.connect().await
}

#[tokio::test]
async fn modes() {
    let plain = connection!();
    let supported = match with(&[("sslmode", "require")]).await {
        Ok(connection) => connection.is_tls(),
        Err(error) => {
            assert_eq!(error.kind, ConnectProblem::Tls, "{error}");
            assert!(!plain.is_tls());
            eprintln!("NOT TESTED: the server does not support TLS");
            return;
        }
    };
    assert!(supported);
    for (mode, encrypted) in [("disable", false), ("allow", false), ("prefer", true), ("no-verify", true)] {
        let mut connection = with(&[("sslmode", mode)]).await.unwrap();
        assert_eq!(connection.is_tls(), encrypted, "{mode}");
        works(&mut connection).await;
        let large = "y".repeat(3_000_000);
        assert_eq!(rows(&mut connection, "select $1::text", &[Some(&large)]).await.unwrap(), [large]);
        connection.check().unwrap();
        connection.cancel_token().cancel().await.unwrap();
        works(&mut connection).await;
    }
    for mode in ["verify-ca", "verify-full"] {
        let error = with(&[("sslmode", mode), ("sslrootcert", "system")]).await.unwrap_err();
        assert_eq!(error.kind, ConnectProblem::Tls, "{error}");
    }
    let error = with(&[("sslmode", "require"), ("sslrootcert", "/no/such/file.pem")]).await.unwrap_err();
    assert_eq!(error.to_string(), "cannot read `/no/such/file.pem`: No such file or directory (os error 2)");
}

#[tokio::test]
async fn passwords() {
    let mut connection = connection!();
    let sql = "select coalesce(bool_or(rolpassword is not null), false) from pg_authid where rolname = current_user";
    if rows(&mut connection, sql, &[]).await.unwrap() != ["true"] {
        eprintln!("NOT TESTED: the server lets the user in without a password");
        return;
    }
    for password in ["wrong", ""] {
        let error = with(&[("password", password)]).await.unwrap_err();
        assert_eq!(error.kind, ConnectProblem::Authentication, "{error}");
    }
    let encrypted = with(&[("sslmode", "require")]).await;
    let bound = with(&[("sslmode", "prefer"), ("channel_binding", "require")]).await;
    match encrypted {
        Ok(_) => works(&mut bound.unwrap()).await,
        Err(_) => assert_eq!(bound.unwrap_err().kind, ConnectProblem::Authentication),
    }
    works(&mut with(&[("channel_binding", "disable")]).await.unwrap()).await;
}

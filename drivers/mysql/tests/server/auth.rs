//! Log-in: authentication plugins, TLS, and what can go wrong.

use std::sync::Arc;

use aio_databases_mysql::{Config, ConnectProblem, Connection, Error, Flow, Row, SslMode};

use super::support::*;

/// Whether a user could be made: not every server has every plugin.
async fn user(admin: &mut Connection, name: &str, how: &str) -> bool {
    run(admin, &format!("drop user if exists {name}")).await;
    let sql = format!("create user {name} identified {how}");
    match admin.query(&sql, &mut |_: Row<'_>| Flow::Continue).await {
        Ok(_) => true,
        Err(Error::Server(error)) => {
            eprintln!("NOT TESTED: {sql}: {error}");
            false
        }
        Err(error) => panic!("{error}"),
    }
}

async fn who(config: Config) -> Result<String, Error> {
    let mut connection = Connection::connect(&Arc::new(config)).await?;
    Ok(text(&mut connection, "select current_user()").await.unwrap())
}

fn login(name: &str, password: &str) -> Config {
    url().unwrap().reach().user(name).password(password)
}

fn problem(result: Result<String, Error>) -> ConnectProblem {
    result.expect_err("nobody is let in").connect_problem()
}

#[tokio::test]
async fn each_plugin() {
    let Some(mut admin) = connect("auth").await else { return };
    let mariadb = admin.server().mariadb;
    if mariadb {
        // It might be there, or not be installed.
        let _ = admin.query("install soname 'auth_ed25519'", &mut |_: Row<'_>| Flow::Continue).await;
        let _ = admin.query("install soname 'auth_parsec'", &mut |_: Row<'_>| Flow::Continue).await;
    }
    let with = |plugin: &str, password: &str| match (mariadb, password) {
        (true, password) => format!("via {plugin} using password('{password}')"),
        (false, password) => format!("with {plugin} by '{password}'"),
    };
    let long = "a long pässwörd, with more than sixty-four bytes in all of its many words".repeat(2);
    for plugin in ["mysql_native_password", "caching_sha2_password", "sha256_password", "ed25519", "parsec"] {
        for (number, password) in ["pässwörd", "", &long].into_iter().enumerate() {
            if plugin == "ed25519" && password.is_empty() {
                // MariaDB lets nobody in then.
                continue;
            }
            let name = format!("aio_{plugin}_{number}");
            if !user(&mut admin, &name, &with(plugin, password)).await {
                break;
            }
            let granted = format!("{name}@%");
            if plugin == "caching_sha2_password" && public_key(&mut admin).await.is_none() {
                eprintln!("NOT TESTED: {plugin}: the server has no public key");
                break;
            }
            // The first time in full, then from the server's memory.
            for _ in 0..2 {
                assert_eq!(who(login(&name, password)).await.unwrap(), granted, "{plugin} {number}");
            }
            assert_eq!(problem(who(login(&name, "wrong")).await), ConnectProblem::Authentication, "{plugin}");
            if plugin == "caching_sha2_password" && number == 0 {
                run(&mut admin, "flush privileges").await;
                let guarded = login(&name, password).public_key_retrieval(false);
                assert_eq!(problem(who(guarded).await), ConnectProblem::Authentication);
                let key = public_key(&mut admin).await.unwrap_or_default();
                let pinned = login(&name, password).public_key_retrieval(false).server_public_key(key);
                assert_eq!(who(pinned).await.unwrap(), granted);
            }
            #[cfg(feature = "tls")]
            if offers_tls().await {
                run(&mut admin, "flush privileges").await;
                let encrypted = login(&name, password).ssl_mode(SslMode::Required);
                assert_eq!(who(encrypted).await.unwrap(), granted, "{plugin} {number}");
            }
            run(&mut admin, &format!("drop user {name}")).await;
        }
    }
}

/// The server's key, with which passwords are encrypted.
async fn public_key(admin: &mut Connection) -> Option<String> {
    let mut key = None;
    let mut sink = |row: Row<'_>| {
        key = row.get(1).map(|key| String::from_utf8_lossy(key).into_owned());
        Flow::Continue
    };
    admin.query("show status like 'Caching_sha2_password_rsa_public_key'", &mut sink).await.unwrap();
    key.filter(|key| !key.is_empty())
}

#[cfg(feature = "tls")]
async fn offers_tls() -> bool {
    let config = url().unwrap().config().ssl_mode(SslMode::Required);
    match Connection::connect(&Arc::new(config)).await {
        Ok(connection) => {
            assert!(connection.is_tls());
            true
        }
        Err(Error::Tls(error)) => {
            eprintln!("NOT TESTED: TLS: {error}");
            false
        }
        Err(error) => panic!("{error}"),
    }
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn certificates_are_verified() {
    let Some(mut admin) = connect("tls").await else { return };
    if !offers_tls().await {
        return;
    }
    // The server's authority is its own: the ones that browsers trust do not know it.
    for mode in [SslMode::VerifyCa, SslMode::VerifyIdentity] {
        assert_eq!(
            problem(who(url().unwrap().config().ssl_mode(mode)).await),
            ConnectProblem::Tls,
            "{mode:?}"
        );
    }
    // Its own authority is beside its data, where that is on this machine.
    let (authority, data) = ("select @@ssl_ca", "select @@datadir");
    let file = text(&mut admin, authority).await.unwrap_or_default();
    let path = std::path::Path::new(&text(&mut admin, data).await.unwrap_or_default()).join(file);
    if path.is_file() {
        let config = || url().unwrap().config().ssl_ca(aio_databases_mysql::Pem::File(path.clone()));
        who(config().ssl_mode(SslMode::VerifyCa)).await.unwrap();
        let identity = who(config().ssl_mode(SslMode::VerifyIdentity)).await;
        // MySQL's own certificate is for no host's name.
        assert_eq!(identity.is_ok(), admin.server().mariadb, "{identity:?}");
    } else {
        eprintln!("NOT TESTED: a certificate that is trusted: {} is not a file here", path.display());
    }
    let mut preferred = connect_to(url().unwrap().config().ssl_mode(SslMode::Preferred)).await;
    assert!(preferred.is_tls() && !preferred.is_closed());
    let cipher = text(&mut preferred, "select 1 from dual where (select 1) = 1").await;
    assert_eq!(cipher.as_deref(), Some("1"));
}

#[tokio::test]
async fn connect_errors_are_typed() {
    let Some(mut admin) = connect("connect").await else { return };
    assert_eq!(problem(who(login("nobody_at_all", "x")).await), ConnectProblem::Authentication);
    let missing = url().unwrap().config().database("aio_databases_no_such_database");
    assert_eq!(problem(who(missing).await), ConnectProblem::UnknownDatabase);
    assert_eq!(problem(who(Config::new().host("127.0.0.1").port(1)).await), ConnectProblem::Io);
    assert_eq!(problem(who(Config::new().socket("/nowhere/at/all.sock")).await), ConnectProblem::Io);
    assert_eq!(problem(who(url().unwrap().reach().user("a\0b")).await), ConnectProblem::Config);

    user(&mut admin, "aio_alone", "by 'Word-1234'").await;
    run(&mut admin, "alter user aio_alone with max_user_connections 1").await;
    let config = Arc::new(login("aio_alone", "Word-1234"));
    let one = Connection::connect(&config).await.unwrap();
    let error = Connection::connect(&config).await.unwrap_err();
    assert_eq!(error.connect_problem(), ConnectProblem::TooManyConnections, "{error}");
    one.close().await;
    run(&mut admin, "drop user aio_alone").await;

    // A server that says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let config = Config::new().host("127.0.0.1").port(port);
    let limited = config.connect_timeout(std::time::Duration::from_millis(50));
    assert_eq!(problem(who(limited).await), ConnectProblem::TimedOut);
}

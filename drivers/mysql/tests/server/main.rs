//! The driver against a real server: `AIO_DATABASES_MYSQL_URL` says which.

mod auth;
mod cancel;
mod dropped;
mod proxied;
mod results;
mod session;
mod statements;
mod support;

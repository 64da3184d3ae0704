//! What the macros cost: `cargo check` of a crate with many different queries after its file was touched, over the same
//! crate without them.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};

/// How often each check is timed; the median counts.
const ROUNDS: usize = 7;

/// `expansion [COUNT] [BACKENDS]`
pub(crate) fn run(mut args: impl Iterator<Item = String>) -> Result<()> {
    let count: usize = args.next().map_or(Ok(1000), |count| count.parse()).context("COUNT is a number")?;
    let backends = args.next().unwrap_or_else(|| "sqlite".to_owned());
    let dir = crate::root().join("target/expansion");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| dir.join("target"), Into::into);
    write_crate(&dir, count, &backends)?;
    let source = dir.join("src/main.rs");
    let texts = [("without", program(count, false)), ("with", program(count, true))];
    let mut medians = Vec::new();
    for (name, text) in texts {
        fs::write(&source, &text)?;
        check(&dir, &target)?;
        let mut times = Vec::new();
        for round in 0..ROUNDS {
            fs::write(&source, format!("{text}// round {round}\n"))?;
            times.push(check(&dir, &target)?);
        }
        times.sort();
        println!("{name:>8} the queries: {:7.0} ms", times[ROUNDS / 2].as_secs_f64() * 1e3);
        medians.push(times[ROUNDS / 2]);
    }
    let each = (medians[1].as_secs_f64() - medians[0].as_secs_f64()) / count as f64;
    println!("{count} queries for {backends}: {:.3} ms each", each * 1e3);
    Ok(())
}

fn check(dir: &Path, target: &Path) -> Result<Duration> {
    let start = Instant::now();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["check", "--quiet", "--offline"])
        .current_dir(dir)
        .env("CARGO_TARGET_DIR", target)
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(start.elapsed())
}

/// The crate around the queries, with a schema of fifty tables.
fn write_crate(dir: &Path, count: usize, backends: &str) -> Result<()> {
    fs::create_dir_all(dir.join("src"))?;
    fs::create_dir_all(dir.join("migrations"))?;
    let root = crate::root();
    fs::copy(root.join("Cargo.lock"), dir.join("Cargo.lock"))?;
    let features: Vec<_> = backends.split(',').map(|backend| format!("{backend:?}")).collect();
    let features = features.join(", ");
    let runtime = root.join("runtime");
    let manifest = format!(
        "[workspace]\n\n[package]\nname = \"expansion\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [package.metadata.aio-databases]\nbackends = [{features}]\n\n[dependencies.aio-databases]\n\
         path = {runtime:?}\ndefault-features = false\nfeatures = [\"macros\", {features}]\n"
    );
    fs::write(dir.join("Cargo.toml"), manifest)?;
    let mut schema = String::new();
    for table in 0..50 {
        writeln!(
            schema,
            "create table t{table} (id integer primary key, name varchar(50) not null, email varchar(50), \
             amount integer not null, parent integer);"
        )?;
    }
    fs::write(dir.join("migrations/1_tables.sql"), schema)?;
    ensure!(count > 0, "COUNT is at least 1");
    Ok(())
}

/// A function a query, each query different.
fn program(count: usize, queries: bool) -> String {
    let mut text = String::from("#![allow(dead_code)]\nuse aio_databases::*;\nfn main() {}\n");
    for index in 0..count {
        let (table, other) = (index % 50, (index + 7) % 50);
        let call = match index % 5 {
            0 => format!(
                "fetchone!(db, \"select id, name, email, {index} as n from t{table} where id = $1\", 1)"
            ),
            1 => format!(
                "fetchall!(db, \"select a.id, b.name, b.amount + {index} as sum from t{table} a left join t{other} b on \
                     a.id = b.parent where a.name = $1 order by b.name limit 10\", \"x\")"
            ),
            2 => format!("fetchval!(db, \"select count(*) from t{table} where amount > {index}\")"),
            3 => format!(
                "execute!(db, \"insert into t{table} (id, name, amount) values ($1, $2, {index})\", 1, \"x\")"
            ),
            _ => format!("execute!(db, \"update t{table} set amount = amount + $1 where id < {index}\", 5)"),
        };
        let body = if queries { format!("{call}.await?;") } else { "let _ = db;".to_owned() };
        let _ = writeln!(text, "async fn f{index}(db: &Database) -> Result<()> {{ {body} Ok(()) }}");
    }
    text
}

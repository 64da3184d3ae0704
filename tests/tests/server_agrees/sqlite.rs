//! SQLite has no types for columns and parameters: the values that come out are what the analyzer says.

use aio_databases::Backend;
use aio_databases_analyzer::Type;
use aio_databases_tests::migrations;
use rusqlite::{
    Connection, params_from_iter,
    types::{Type as Class, Value},
};

use crate::{
    corpus::{self, Case, data, queries, report, schema},
    groups,
};

groups! {
    Sqlite, check:
    literals_and_arithmetic columns comparisons joins subqueries common_table_expressions set_operations aggregates
    nulls windows conditions functions inserts updates_and_deletes rows operators writing casts tables_of_sqlite
    not_known_yet
}

#[test]
fn mistakes() {
    let server = server();
    corpus::mistakes(Backend::Sqlite, |sql| server.prepare(sql).is_err());
}

/// A database with the migrations run.
fn server() -> Connection {
    let server = Connection::open_in_memory().expect("a database in memory opens");
    for (_, text) in migrations(Backend::Sqlite) {
        server.execute_batch(&text).expect("the migrations run");
    }
    server
}

fn check(group: &str) {
    let schema = schema(Backend::Sqlite);
    let mut cases: Vec<_> = queries(Backend::Sqlite, group)
        .into_iter()
        .map(|sql| Case::new(&schema, Backend::Sqlite, sql))
        .collect();
    let server = server();
    for case in &mut cases {
        describe(&server, case);
        try_out(&server, case, "on empty tables");
    }
    server.execute_batch(&data(Backend::Sqlite)).expect("the data is taken");
    for case in &mut cases {
        try_out(&server, case, "on full tables");
    }
    report(group, cases);
}

fn describe(server: &Connection, case: &mut Case) {
    match server.prepare(&case.rendered()) {
        Ok(statement) => {
            let columns: Vec<_> =
                statement.column_names().into_iter().map(|name| (name.to_owned(), String::new())).collect();
            case.columns(&columns, |_, _| true);
            case.params(&vec![String::new(); statement.parameter_count()], |_, _| true);
            if case.reads() && !statement.readonly() {
                case.refused("in being prepared", "the server says that it writes");
            }
        }
        Err(error) => case.no_query(error),
    }
}

/// Runs it with values for the parameters, then with a null for each that may be null.
fn try_out(server: &Connection, case: &mut Case, when: &str) {
    let nullable: Vec<usize> =
        (0..case.said.params.len()).filter(|at| case.said.params[*at].nullable).collect();
    run(server, case, None, when);
    for at in nullable {
        run(server, case, Some(at), &format!("{when}, with a null for parameter {}", at + 1));
    }
}

fn run(server: &Connection, case: &mut Case, null: Option<usize>, when: &str) {
    server.execute_batch("savepoint one").expect("a savepoint is made");
    let values: Vec<Value> = (case.said.params.iter().enumerate())
        .map(|(at, param)| if Some(at) == null { Value::Null } else { sample(param.ty.as_ref()) })
        .collect();
    match fetch(server, case, values) {
        Ok(rows) => {
            let column = |at: usize| rows.iter().map(move |row| row[at]);
            let nulls: Vec<bool> =
                (0..case.said.columns.len()).map(|at| column(at).any(|class| class == Class::Null)).collect();
            for (at, said) in case.said.columns.iter().enumerate() {
                let Some(ty) = &said.ty else { continue };
                if let Some(class) = column(at).find(|class| *class != Class::Null && !holds(ty, *class)) {
                    case.wrong.push(format!("column `{}` is {ty}, a {class} came {when}", said.name));
                }
            }
            case.ran(when, rows.len(), &nulls);
        }
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {}
        Err(error) => case.refused(when, error),
    }
    server.execute_batch("rollback to one; release one").expect("the savepoint is there");
}

fn fetch(server: &Connection, case: &Case, values: Vec<Value>) -> rusqlite::Result<Vec<Vec<Class>>> {
    let mut statement = server.prepare(&case.rendered())?;
    let columns = statement.column_count();
    let mut rows = statement.query(params_from_iter(values))?;
    let mut classes = Vec::new();
    while let Some(row) = rows.next()? {
        let class = |at| row.get_ref(at).map(|value| value.data_type());
        classes.push((0..columns).map(class).collect::<rusqlite::Result<_>>()?);
    }
    Ok(classes)
}

/// A value of a type; one that the data has, where there is one.
fn sample(ty: Option<&Type>) -> Value {
    let text = |text: &str| Value::Text(text.into());
    match ty.and_then(Type::name) {
        Some("real") => Value::Real(1.5),
        Some("text") => text("Ada"),
        Some("blob") => Value::Blob(vec![0, 255]),
        Some("date") => text("2020-01-31"),
        Some("time") => text("12:30:00"),
        Some("datetime" | "timestamp") => text("2020-01-31 12:30:00"),
        Some("json") => text("[1, null]"),
        _ => Value::Integer(1),
    }
}

/// Whether a value of a class is one that the type promises.
fn holds(ty: &Type, class: Class) -> bool {
    match ty.name() {
        Some("integer" | "boolean") => class == Class::Integer,
        // An integer beside a real stays one, and is read as a real.
        Some("real") => matches!(class, Class::Real | Class::Integer),
        Some("numeric") => matches!(class, Class::Integer | Class::Real),
        Some("text" | "date" | "time" | "datetime" | "timestamp" | "json" | "uuid") => class == Class::Text,
        Some("blob") => class == Class::Blob,
        _ => false,
    }
}

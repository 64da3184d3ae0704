//! What is read and written: the same rows everywhere.

/// How many rows there are to be read.
pub(crate) const COUNT: i64 = 10_000;

/// How many rows are streamed.
pub(crate) const STREAMED: i64 = 1_000_000;

/// How many tasks there are when there are many, and how many queries each makes.
pub(crate) const TASKS: i64 = 16;
pub(crate) const EACH: i64 = 8;

/// A row as the peers give it.
#[derive(Debug, diesel::Queryable, sqlx::FromRow)]
#[expect(dead_code, reason = "it is made, and that is what is measured")]
pub(crate) struct Item {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) age: i64,
}

/// A row to be written.
#[derive(Clone, Debug, diesel::Insertable)]
#[diesel(table_name = tables::notes)]
pub(crate) struct Note {
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) age: i64,
}

pub(crate) fn notes(count: i64) -> Vec<Note> {
    let note = |n: i64| Note {
        name: format!("user number {n}"),
        email: (n % 3 != 0).then(|| format!("user{n}@example.org")),
        age: n % 100,
    };
    (1..=count).map(note).collect()
}

/// Keys of rows, one after the other, here and there.
pub(crate) fn keys() -> impl FnMut() -> i64 {
    let mut key = 0;
    move || {
        key = (key + 7_919) % COUNT;
        key + 1
    }
}

/// What diesel has to know.
pub(crate) mod tables {
    diesel::table! {
        items (id) {
            id -> BigInt,
            name -> Text,
            email -> Nullable<Text>,
            age -> BigInt,
        }
    }

    diesel::table! {
        notes (id) {
            id -> BigInt,
            name -> Text,
            email -> Nullable<Text>,
            age -> BigInt,
        }
    }
}

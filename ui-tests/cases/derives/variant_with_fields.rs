use aio_databases::Type;

#[derive(Type)]
enum Mood {
    Happy,
    Sad(String),
}

fn main() {}

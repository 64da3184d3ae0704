use aio_databases::Type;

#[derive(Type)]
enum Mood {
    #[aio_databases(rename = "Sad")]
    Happy,
    Sad,
}

fn main() {}

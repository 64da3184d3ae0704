use aio_databases::Type;

#[derive(Type)]
struct Name(String, String);

fn main() {}

//! Any bytes from a server: no panic, and no memory for what a length merely claims.

use aio_databases_postgres::fuzz;
use proptest::prelude::*;

/// Bytes that are somewhat like messages: a kind, a length that may be right, and fields.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let kind = prop::sample::select(b"RKZTtDdCEINASGHWvncs123".to_vec());
    let fields = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..60),
        // Small numbers and texts.
        prop::collection::vec(prop_oneof![Just(0), Just(0), 0..5_u8, b'A'..=b'Z', Just(0xff)], 0..60),
    ];
    (kind, fields, prop_oneof![4 => Just(0), 1 => -3..4_i32, 1 => any::<i32>()]).prop_map(
        |(kind, fields, wrong)| {
            let length = (4 + fields.len() as i32).wrapping_add(wrong);
            let mut bytes = vec![kind];
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(&fields);
            bytes
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_no_meaning(bytes in prop::collection::vec(any::<u8>(), 0..200), columns in prop::option::of(0..5_usize)) {
        fuzz::messages(&bytes, columns);
    }

    #[test]
    fn like_messages(messages in prop::collection::vec(message(), 0..5), columns in prop::option::of(0..5_usize)) {
        fuzz::messages(&messages.concat(), columns);
    }
}

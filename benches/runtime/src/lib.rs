//! The benchmark stands in `benches/runtime`.

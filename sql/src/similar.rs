//! Did you mean …?

/// The one of `candidates` that `name` was most likely meant to be, if any is similar enough. If several are equally
/// similar, it is the first.
///
/// Each letter that is added, left out, replaced, or swapped with its neighbour counts as one mistake; case is ignored.
/// Up to a third of the name can be wrong. Names of one or two letters are never similar to others of the same length.
///
/// ```
/// use aio_databases_sql::similar;
///
/// assert_eq!(similar("naem", ["id", "name", "email"]), Some("name"));
/// assert_eq!(similar("ID", ["id", "name", "email"]), Some("id"));
/// assert_eq!(similar("price", ["id", "name", "email"]), None);
/// ```
pub fn similar<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = lower(name).collect();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other: Vec<char> = lower(candidate).collect();
        let limit = name.len().max(other.len()) / 3;
        let limit = best.map_or(limit, |(distance, _)| limit.min(distance.saturating_sub(1)));
        if best.is_some_and(|(distance, _)| distance == 0) {
            break;
        }
        if name.len().abs_diff(other.len()) > limit {
            continue;
        }
        let distance = distance(&name, &other);
        if distance <= limit {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// "did you mean …?", if one of `candidates` is [`similar`] enough.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    similar(name, candidates).map(|near| format!("did you mean `{near}`?"))
}

fn lower(name: &str) -> impl Iterator<Item = char> {
    // Names have at most 64 characters on every server, so only that much is compared.
    name.chars().flat_map(char::to_lowercase).take(64)
}

/// The number of letters to add, remove, replace or swap with their neighbour (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut row = vec![0; b.len() + 1];
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..=b.len() {
            let differs = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j - 1] + differs).min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        std::mem::swap(&mut before_last, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest() {
        let cases: &[(&str, &[&str], Option<&str>)] = &[
            ("name", &["name"], Some("name")),
            ("NAME", &["id", "name"], Some("name")),
            ("naem", &["id", "name"], Some("name")),
            ("nme", &["id", "name"], Some("name")),
            ("user", &["users", "uses"], Some("users")),
            ("user", &["uses", "users"], Some("uses")),
            ("created", &["created_at", "updated_at"], Some("created_at")),
            ("emial", &["email", "mail"], Some("email")),
            ("größe", &["GRÖSSE", "GRÖẞE"], Some("GRÖẞE")),
            ("a", &["b"], None),
            ("id", &["it"], None),
            ("cat", &["cut"], Some("cut")),
            ("cat", &["dot"], None),
            ("", &["a", ""], Some("")),
            ("price", &["id", "name"], None),
            ("x", &[], None),
        ];
        for (name, candidates, expected) in cases {
            assert_eq!(similar(name, candidates.iter().copied()), *expected, "{name} {candidates:?}");
        }
    }

    #[test]
    fn distances() {
        let cases = [("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("abc", "ca", 3), ("kitten", "sitting", 3)];
        for (a, b, expected) in cases {
            let [a, b] = [a, b].map(|text| text.chars().collect::<Vec<_>>());
            assert_eq!([distance(&a, &b), distance(&b, &a)], [expected; 2], "{a:?} {b:?}");
        }
    }
}

//! Any text: tokens cover it, statements are parts of it, a query's placeholders survive rendering.

#![no_main]

use aio_databases_sql::{Dialect, Style, Template, lex, split};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|sql: &str| {
    for dialect in Dialect::ALL {
        let end = lex(sql, dialect).iter().fold(0, |at, token| {
            assert_eq!(token.span.start, at);
            assert!(sql.is_char_boundary(token.span.end));
            token.span.end
        });
        assert_eq!(end, sql.len());
        for statement in split(sql, dialect) {
            assert!(sql.get(statement.start..statement.end).is_some_and(|text| !text.is_empty()));
        }
        if let Ok(template) = Template::parse(sql, dialect) {
            check(&template);
        }
    }
});

fn check(template: &Template) {
    template.hints();
    let count = template.params().len();
    assert_eq!(template.bind_positional(count).is_ok(), count == 0 || !template.style().unwrap().is_named());
    let rendered = template.render();
    // `%%s` is not rendered to a placeholder, but would be read as one again.
    let percent = matches!(template.style(), Some(Style::Percent | Style::PercentName)) && template.sql().contains("%%");
    if !percent {
        let again = Template::parse(&rendered.sql, template.dialect()).expect("what was rendered can be read");
        assert_eq!(again.params().len(), rendered.order.len());
    }
}

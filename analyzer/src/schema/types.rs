//! The types in the declarations of columns and arguments.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use aio_databases_sql::Dialect;
use sqlparser::ast::{DataType, Ident, ObjectName, ObjectNamePart};

use super::{
    Builder,
    cursor::{Cursor, Read},
    names::Id,
};
use crate::dialect::TypeGrammar;
use crate::{CompositeField, Relation, Type, resolve, syntax};

/// A declared type.
#[derive(Clone, Debug, Default)]
pub(super) struct Declared {
    /// `None` if it is unknown, or if SQLite has no such type.
    pub(super) ty: Option<Type>,
    /// `serial` and similar types: an integer with a sequence.
    pub(super) serial: bool,
    /// The words, without lengths.
    pub(super) words: String,
    /// `setof`.
    pub(super) set: bool,
}

/// The keywords that end a type in SQLite, where a type can be any words.
const SQLITE_ENDS: [&str; 11] = [
    "constraint",
    "primary",
    "not",
    "null",
    "unique",
    "check",
    "default",
    "collate",
    "references",
    "generated",
    "as",
];

/// Types of several words: the first word, and the words that can follow it, in order.
const FOLLOWERS: [(&str, &[&str]); 12] = [
    ("double", &["precision"]),
    ("character", &["varying", "large object"]),
    ("char", &["varying", "byte"]),
    ("nchar", &["varying", "varchar"]),
    ("binary", &["varying"]),
    ("bit", &["varying"]),
    ("long", &["varchar", "varbinary"]),
    ("national", &["character varying", "char varying", "character", "char", "varchar"]),
    ("time", &["with time zone", "without time zone"]),
    ("timestamp", &["with time zone", "without time zone"]),
    ("interval", &[]),
    ("setof", &[]),
];

impl Builder {
    /// The type that comes next, which is skipped.
    pub(super) fn read_type(&mut self, c: &mut Cursor<'_>) -> Read<Declared> {
        match self.facts().definitions.types {
            TypeGrammar::AnyWords => Ok(self.sqlite_type(c)),
            TypeGrammar::Keywords => self.mysql_type(c),
            TypeGrammar::Names => self.postgres_type(c),
        }
    }

    fn sqlite_type(&mut self, c: &mut Cursor<'_>) -> Declared {
        let mut words = Vec::new();
        while !SQLITE_ENDS.contains(&c.word().as_str()) {
            match c.ident() {
                Some(word) => words.push(word),
                None => break,
            }
        }
        let words = words.join(" ");
        let length = if c.is("(") { c.group().map(|group| group.rest().to_owned()) } else { None };
        // `any` isn't a type, and neither is an empty one.
        let typeless = words.is_empty() || words.eq_ignore_ascii_case("any");
        let ty = if typeless { None } else { resolve::type_by_name(&self.catalog, &named(&words)) };
        // `integer(10)` isn't `integer` for the alias of the rowid.
        let words = if length.is_some() { format!("{words}()") } else { words };
        Declared { ty, words: words.to_ascii_lowercase(), ..Declared::default() }
    }

    fn mysql_type(&mut self, c: &mut Cursor<'_>) -> Read<Declared> {
        let offset = c.offset();
        let mut words = self.type_words(c)?;
        if words == "serial" {
            let ty = self.parse_type("bigint unsigned", offset, c);
            return Ok(Declared { ty, serial: true, words, set: false });
        }
        let before = *c;
        if c.group().is_some() {
            words.push_str(before.until(c).rest());
        }
        let mut unsigned = false;
        loop {
            match c.word().as_str() {
                "unsigned" | "zerofill" => unsigned = true,
                "signed" | "binary" | "ascii" | "unicode" | "byte" => {}
                _ => break,
            }
            c.skip();
        }
        if unsigned {
            words.push_str(" unsigned");
        }
        let ty = self.parse_type(&words, offset, c);
        Ok(Declared { ty, words, ..Declared::default() })
    }

    fn postgres_type(&mut self, c: &mut Cursor<'_>) -> Read<Declared> {
        let set = c.eat("setof");
        let (offset, start) = (c.offset(), *c);
        if let Some(ty) = self.type_of_column(c) {
            return Ok(Declared { ty, set, ..Declared::default() });
        }
        let mut words = self.type_words(c)?;
        let serial = matches!(
            words.as_str(),
            "serial" | "bigserial" | "smallserial" | "serial2" | "serial4" | "serial8"
        );
        // Lengths and precisions aren't part of a type.
        c.group();
        if let Some((_, followers)) = FOLLOWERS.iter().find(|(first, _)| *first == words) {
            if let Some(follower) = followers.iter().find(|follower| c.eat(follower)) {
                words = format!("{words} {follower}");
            }
            if words == "interval" {
                while c.eat_any(&["year", "month", "day", "hour", "minute", "second", "to"]) {
                    c.group();
                }
            }
        }
        let mut array = false;
        while c.is("[") || c.is("array") {
            array |= true;
            c.skip();
        }
        let element = self.known_type(&words).or_else(|| self.relation_type(start));
        if element.is_none() {
            self.note(c.script(), offset, format!("unknown type `{words}`"));
        }
        let ty = if array { element.map(Type::array) } else { element };
        Ok(Declared { ty, serial, words, set })
    }

    /// The words of a type, up to its length. Unquoted ones are in lowercase.
    fn type_words(&mut self, c: &mut Cursor<'_>) -> Read<String> {
        let start = *c;
        let first = c.word();
        c.name()?;
        let written = start.until(c).rest();
        if written.len() != first.len() {
            return Ok(written.to_owned());
        }
        let followers = FOLLOWERS.iter().find(|(word, _)| *word == first);
        let follower = followers.and_then(|(_, followers)| followers.iter().find(|follower| c.eat(follower)));
        let words = follower.map_or_else(|| first.clone(), |follower| format!("{first} {follower}"));
        // National character types are character types.
        Ok(match words.as_str() {
            "nchar" => "character".to_owned(),
            "nchar varying" | "nchar varchar" => "character varying".to_owned(),
            other => other.strip_prefix("national ").unwrap_or(other).to_owned(),
        })
    }

    /// `users.id%type`.
    fn type_of_column(&mut self, c: &mut Cursor<'_>) -> Option<Option<Type>> {
        let mut ahead = *c;
        let mut name = ahead.name().ok()?;
        if !(ahead.eat("%type") || ahead.eat("% type")) {
            return None;
        }
        *c = ahead;
        let column = std::mem::take(&mut name.name);
        let mut table = name.schema.take()?;
        // The first of three parts was already removed. The schema is then found by the search path.
        let id =
            self.find_relation(&super::names::Name { schema: None, name: std::mem::take(&mut table) })?;
        Some(self.catalog.relations[&id].columns.iter().find(|c| c.name == column).and_then(|c| c.ty.clone()))
    }

    /// The row type of a table, if a type has its name.
    fn relation_type(&self, mut c: Cursor<'_>) -> Option<Type> {
        let id = self.find_relation(&c.name().ok()?)?;
        Some(row_type(&self.catalog.relations[&id]))
    }

    /// The type of a text. Reports a problem if there is none.
    fn parse_type(&mut self, text: &str, offset: usize, c: &Cursor<'_>) -> Option<Type> {
        let ty = self.known_type(text);
        if ty.is_none() {
            self.note(c.script(), offset, format!("unknown type `{text}`"));
        }
        ty
    }

    /// Updates the row types of changed tables.
    pub(super) fn renew_row_types(&mut self, changed: &std::collections::BTreeSet<Id>) {
        let relations = self.catalog.relations.clone();
        self.replace_types(&|ty| match ty {
            Type::Composite { .. } => {
                let id = id_of(ty).filter(|id| changed.contains(id))?;
                relations.get(&id).map(|relation| row_type(relation))
            }
            _ => None,
        });
    }

    fn known_type(&self, text: &str) -> Option<Type> {
        let ty = data_type(text, self.catalog.dialect).unwrap_or_else(|| named(text));
        resolve::type_by_name(&self.catalog, &ty)
    }

    /// Replaces a type everywhere. Types for which `change` returns `None` stay.
    pub(super) fn replace_types(&mut self, change: &dyn Fn(&Type) -> Option<Type>) {
        let mapper = Mapper { change, rows: RefCell::default() };
        let in_columns = |columns: &mut Vec<crate::RelationColumn>| {
            for column in columns {
                if let Some(ty) = column.ty.as_ref().and_then(|ty| mapper.mapped(ty)) {
                    column.ty = Some(ty);
                }
            }
        };
        for relation in self.catalog.relations.values_mut() {
            let uses =
                |c: &crate::RelationColumn| c.ty.as_ref().is_some_and(|ty| mapper.mapped(ty).is_some());
            if relation.columns.iter().any(uses) {
                in_columns(&mut Arc::make_mut(relation).columns);
            }
        }
        for ty in self.catalog.types.values_mut() {
            if let Some(new) = mapper.mapped(ty) {
                *ty = new;
            }
        }
        for function in self.catalog.functions.values_mut().flatten() {
            let renew = |ty: &mut Option<Type>| {
                if let Some(new) = ty.as_ref().and_then(|ty| mapper.mapped(ty)) {
                    *ty = Some(new);
                }
            };
            function.args.iter_mut().for_each(renew);
            match &mut function.returns {
                crate::Returns::Value(ty) | crate::Returns::SetOf(ty) => renew(ty),
                crate::Returns::Table(columns) => in_columns(columns),
                crate::Returns::Nothing => {}
            }
        }
    }
}

/// The row type of a table or view.
pub(super) fn row_type(relation: &Relation) -> Type {
    let columns = relation.columns.iter().filter(|column| !column.hidden);
    Type::Composite {
        schema: Some(relation.schema.as_str().into()),
        name: relation.name.as_str().into(),
        fields: columns.map(|c| CompositeField { name: c.name.clone(), ty: c.ty.clone() }).collect(),
    }
}

/// The schema and name of a type that the schema creates.
pub(super) fn id_of(ty: &Type) -> Option<Id> {
    match ty {
        Type::Enum { schema, name, .. }
        | Type::Domain { schema, name, .. }
        | Type::Composite { schema, name, .. } => Some((schema.as_deref()?.to_owned(), name.to_string())),
        _ => None,
    }
}

type Fields = Arc<[CompositeField]>;

/// Replaces types, each row type once, because they can contain each other.
struct Mapper<'c> {
    change: &'c dyn Fn(&Type) -> Option<Type>,
    /// The new fields of row types, by their addresses.
    rows: RefCell<HashMap<*const CompositeField, (Fields, Option<Fields>)>>,
}

impl Mapper<'_> {
    /// A type, with itself or its parts replaced by `change`; `None` if nothing changes.
    fn mapped(&self, ty: &Type) -> Option<Type> {
        if let Some(new) = (self.change)(ty) {
            return Some(new);
        }
        match ty {
            Type::Array(element) => self.mapped(element).map(Type::array),
            Type::Domain { schema, name, base, not_null } => Some(Type::Domain {
                schema: schema.clone(),
                name: name.clone(),
                base: Arc::new(self.mapped(base)?),
                not_null: *not_null,
            }),
            Type::Composite { schema, name, fields } => {
                let known = self.rows.borrow().get(&fields.as_ptr()).map(|(_, new)| new.clone());
                let new = known.unwrap_or_else(|| {
                    let new = self.mapped_fields(fields);
                    self.rows.borrow_mut().insert(fields.as_ptr(), (fields.clone(), new.clone()));
                    new
                });
                Some(Type::Composite { schema: schema.clone(), name: name.clone(), fields: new? })
            }
            Type::Base(_) | Type::Enum { .. } | Type::Record => None,
        }
    }

    fn mapped_fields(&self, fields: &[CompositeField]) -> Option<Fields> {
        let new: Vec<_> = fields.iter().map(|f| f.ty.as_ref().and_then(|ty| self.mapped(ty))).collect();
        if new.iter().all(Option::is_none) {
            return None;
        }
        let fields = fields.iter().zip(new).map(|(field, new)| CompositeField {
            name: field.name.clone(),
            ty: new.or_else(|| field.ty.clone()),
        });
        Some(fields.collect())
    }
}

/// A text as a type of `sqlparser`, if it is exactly one type.
fn data_type(text: &str, dialect: Dialect) -> Option<DataType> {
    syntax::parse_type(text, dialect)
}

/// A type by its words.
fn named(words: &str) -> DataType {
    DataType::Custom(ObjectName(vec![ObjectNamePart::Identifier(Ident::new(words))]), Vec::new())
}

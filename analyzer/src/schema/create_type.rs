//! `create type` and `create domain`.

use aio_databases_sql::Dialect;

use super::{
    Builder,
    cursor::{Cursor, Read},
    names::Id,
};
use crate::{CompositeField, Type};

impl Builder {
    /// `create type …`, behind `type`.
    pub(super) fn create_type(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        if self.catalog.dialect != Dialect::Postgres {
            return Ok(());
        }
        let start = *c;
        let name = c.name()?;
        let id = self.new_id(&name, false);
        let shell = self.catalog.types.get(&id).is_some_and(|ty| matches!(ty, Type::Base(_)));
        if self.catalog.types.contains_key(&id) && !shell {
            if !self.lenient {
                self.problem(
                    start.script(),
                    start.offset(),
                    format!("the type `{name}` is made, but it is there already"),
                );
            }
            return Ok(());
        }
        let ty = if c.eat("as enum") {
            self.new_enum(&id, c)?
        } else if c.eat("as range") {
            self.new_range(&id, c)
        } else if c.eat("as") {
            self.new_composite(&id, c)?
        } else {
            Type::Base(id.1.clone().into())
        };
        self.catalog.types.insert(id, ty);
        Ok(())
    }

    fn new_enum(&self, id: &Id, c: &mut Cursor<'_>) -> Read<Type> {
        let Some(group) = c.group() else { return c.stuck("the labels of the enum are missing") };
        let labels = group.items().into_iter().map(|mut item| match item.literal() {
            Some(label) => Ok(label),
            None => item.stuck("a label is missing here"),
        });
        Ok(Type::Enum {
            schema: Some(id.0.as_str().into()),
            name: id.1.as_str().into(),
            labels: labels.collect::<Read<_>>()?,
        })
    }

    /// A range brings its multirange along, named as PostgreSQL names it.
    fn new_range(&mut self, id: &Id, c: &mut Cursor<'_>) -> Type {
        let mut multirange = if id.1.contains("range") {
            id.1.replacen("range", "multirange", 1)
        } else {
            format!("{}_multirange", id.1)
        };
        for mut item in c.group().map(Cursor::items).unwrap_or_default() {
            if item.eat("multirange_type_name =")
                && let Ok(name) = item.name()
            {
                multirange = name.name;
            }
        }
        let ty = Type::Base(multirange.clone().into());
        self.catalog.types.insert((id.0.clone(), multirange), ty);
        Type::Base(id.1.clone().into())
    }

    fn new_composite(&mut self, id: &Id, c: &mut Cursor<'_>) -> Read<Type> {
        let mut fields = Vec::new();
        for mut item in c.group().map(Cursor::items).unwrap_or_default() {
            let name = item.need_ident()?;
            let ty = self.read_type(&mut item)?.ty;
            fields.push(CompositeField { name, ty });
        }
        Ok(Type::Composite {
            schema: Some(id.0.as_str().into()),
            name: id.1.as_str().into(),
            fields: fields.into(),
        })
    }

    /// `create domain …`, behind `domain`.
    pub(super) fn create_domain(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        let start = *c;
        let name = c.name()?;
        let id = self.new_id(&name, false);
        if self.catalog.types.contains_key(&id) {
            if !self.lenient {
                self.problem(
                    start.script(),
                    start.offset(),
                    format!("the type `{name}` is made, but it is there already"),
                );
            }
            return Ok(());
        }
        c.eat("as");
        let Some(base) = self.read_type(c)?.ty else { return Ok(()) };
        let ty = Type::Domain {
            schema: Some(id.0.as_str().into()),
            name: id.1.as_str().into(),
            base: base.into(),
            not_null: c.skip_to(&["not null"]),
        };
        self.catalog.types.insert(id, ty);
        Ok(())
    }
}

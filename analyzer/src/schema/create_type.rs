//! `create type` and `create domain`.

use super::{
    Builder,
    cursor::{Cursor, Read},
    names::Id,
};
use crate::{CompositeField, Function, Range, Returns, Type};

impl Builder {
    /// `create type …`, after `type`.
    pub(super) fn create_type(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        if !self.facts().definitions.creates_types {
            return Ok(());
        }
        let start = *c;
        let name = c.name()?;
        let id = self.new_id(&name, false);
        let shell = self.catalog.types.get(&id).is_some_and(|ty| matches!(ty, Type::Base(_)));
        if self.catalog.types.contains_key(&id) && !shell {
            if !self.lenient {
                self.problem(start.script(), start.offset(), format!("the type `{name}` already exists"));
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

    /// A range also creates its multirange, with the name that PostgreSQL chooses.
    fn new_range(&mut self, id: &Id, c: &mut Cursor<'_>) -> Type {
        let mut multirange = if id.1.contains("range") {
            id.1.replacen("range", "multirange", 1)
        } else {
            format!("{}_multirange", id.1)
        };
        let mut subtype = None;
        for mut item in c.group().map(Cursor::items).unwrap_or_default() {
            if item.eat("multirange_type_name =")
                && let Ok(name) = item.name()
            {
                multirange = name.name;
            } else if item.eat("subtype =") {
                subtype = self.read_type(&mut item).ok().and_then(|declared| declared.ty);
            }
        }
        let ty = Type::Base(id.1.clone().into());
        let many = Type::Base(multirange.clone().into());
        self.catalog.types.insert((id.0.clone(), multirange.clone()), many.clone());
        let bounds = [&subtype, &subtype, &Some(Type::base("text"))].map(Clone::clone);
        self.add_constructor(id, &bounds[..2], false, &ty);
        self.add_constructor(id, &bounds, false, &ty);
        let (own, several) = ((id.0.clone(), multirange), [Some(ty.clone().array())]);
        self.add_constructor(&own, &[], false, &many);
        self.add_constructor(&own, &several, true, &many);
        self.catalog.ranges.insert(id.1.clone(), Range { ty: ty.clone(), subtype, multirange: many });
        ty
    }

    /// The constructor of a range or multirange, which has the name of its type.
    fn add_constructor(&mut self, id: &Id, args: &[Option<Type>], variadic: bool, ty: &Type) {
        self.add_function(Function {
            schema: id.0.clone(),
            name: id.1.clone(),
            args: args.to_vec(),
            arg_names: Vec::new(),
            defaults: 0,
            variadic,
            returns: Returns::Value(Some(ty.clone())),
            strict: false,
            volatile: false,
            aggregate: false,
            procedure: false,
            out_name: None,
            returns_null: false,
        });
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

    /// `create domain …`, after `domain`.
    pub(super) fn create_domain(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        let start = *c;
        let name = c.name()?;
        let id = self.new_id(&name, false);
        if self.catalog.types.contains_key(&id) {
            if !self.lenient {
                self.problem(start.script(), start.offset(), format!("the type `{name}` already exists"));
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

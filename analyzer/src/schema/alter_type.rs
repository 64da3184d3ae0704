//! `alter type` and `alter domain`.

use super::{
    Builder,
    cursor::{Cursor, Read},
    names::Id,
    types::id_of,
};
use crate::{CompositeField, Type};

impl Builder {
    /// `alter type …`, after `type`.
    pub(super) fn alter_type(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        let name = c.name()?;
        let Some(id) = self.find_type(&name) else {
            return match self.lenient || c.is("owner to") {
                true => Ok(()),
                false => c.stuck(format!("unknown type `{name}`")),
            };
        };
        if c.eat("rename to") {
            let to = (id.0.clone(), c.need_ident()?);
            self.move_type(&id, &to);
        } else if c.eat("set schema") {
            let to = (c.need_ident()?, id.1.clone());
            self.move_type(&id, &to);
        } else if c.eat("add value") {
            self.add_label(&id, c)?;
        } else if c.eat("rename value") {
            self.rename_label(&id, c)?;
        } else if !c.is("owner to") && !c.is("set (") {
            self.alter_attributes(&id, c)?;
        }
        Ok(())
    }

    fn add_label(&mut self, id: &Id, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("if not exists");
        let Some(label) = c.literal() else { return c.stuck("a label is missing here") };
        let before = c.eat("before");
        let after = c.eat("after");
        let place = c.literal();
        self.change_labels(id, |labels| {
            if labels.contains(&label) {
                return;
            }
            let at = place.and_then(|place| labels.iter().position(|other| *other == place));
            match at {
                Some(at) if before => labels.insert(at, label),
                Some(at) if after => labels.insert(at + 1, label),
                _ => labels.push(label),
            }
        });
        Ok(())
    }

    fn rename_label(&mut self, id: &Id, c: &mut Cursor<'_>) -> Read<()> {
        let from = c.literal();
        c.eat("to");
        let (Some(from), Some(to)) = (from, c.literal()) else { return c.stuck("a label is missing here") };
        self.change_labels(id, |labels| {
            for label in labels.iter_mut().filter(|label| **label == from) {
                label.clone_from(&to);
            }
        });
        Ok(())
    }

    fn change_labels(&mut self, id: &Id, change: impl FnOnce(&mut Vec<String>)) {
        let Some(Type::Enum { schema, name, labels }) = self.catalog.types.get(id).cloned() else { return };
        let mut labels = labels.to_vec();
        change(&mut labels);
        self.replace_type(id, Type::Enum { schema, name, labels: labels.into() });
    }

    /// Removes fields from composite types.
    pub(super) fn drop_attributes(&mut self, gone: &dyn Fn(&CompositeField) -> bool) {
        let types: Vec<(Id, Type)> =
            self.catalog.types.iter().map(|(id, ty)| (id.clone(), ty.clone())).collect();
        for (id, ty) in types {
            if let Type::Composite { schema, name, fields } = ty
                && fields.iter().any(gone)
            {
                let fields = fields.iter().filter(|field| !gone(field)).cloned().collect();
                self.replace_type(&id, Type::Composite { schema, name, fields });
            }
        }
    }

    /// Replaces the type with the same name everywhere.
    fn replace_type(&mut self, id: &Id, new: Type) {
        self.catalog.types.insert(id.clone(), new.clone());
        self.replace_types(&|ty| (id_of(ty).as_ref() == Some(id)).then(|| new.clone()));
    }

    /// `add attribute`, `drop attribute`, `alter attribute`, `rename attribute`.
    fn alter_attributes(&mut self, id: &Id, c: &mut Cursor<'_>) -> Read<()> {
        let Some(Type::Composite { schema, name, fields }) = self.catalog.types.get(id).cloned() else {
            return c.stuck(format!("`alter type … {}` is not supported", c.excerpt()));
        };
        let mut fields = fields.to_vec();
        for mut action in c.items() {
            self.alter_attribute(&mut fields, &mut action)?;
        }
        self.replace_type(id, Type::Composite { schema, name, fields: fields.into() });
        Ok(())
    }

    fn alter_attribute(&mut self, fields: &mut Vec<CompositeField>, c: &mut Cursor<'_>) -> Read<()> {
        let (add, alter, rename) =
            (c.eat("add attribute"), c.eat("alter attribute"), c.eat("rename attribute"));
        if add {
            let name = c.need_ident()?;
            let ty = self.read_type(c)?.ty;
            fields.push(CompositeField { name, ty });
        } else if alter {
            let name = c.need_ident()?;
            c.eat_any(&["set data type", "type"]);
            let ty = self.read_type(c)?.ty;
            fields.iter_mut().filter(|field| field.name == name).for_each(|field| field.ty.clone_from(&ty));
        } else if rename {
            let from = c.need_ident()?;
            c.eat("to");
            let to = c.need_ident()?;
            fields.iter_mut().filter(|field| field.name == from).for_each(|field| field.name.clone_from(&to));
        } else if c.eat("drop attribute") {
            c.eat("if exists");
            let name = c.need_ident()?;
            fields.retain(|field| field.name != name);
        } else {
            return c.stuck(format!("`alter type … {}` is not supported", c.excerpt()));
        }
        Ok(())
    }

    /// `alter domain …`, after `domain`.
    pub(super) fn alter_domain(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        let name = c.name()?;
        let Some(id) = self.find_type(&name) else {
            return match self.lenient {
                true => Ok(()),
                false => c.stuck(format!("unknown type `{name}`")),
            };
        };
        if c.eat("rename to") {
            let to = (id.0.clone(), c.need_ident()?);
            self.move_type(&id, &to);
        } else if c.eat("set schema") {
            let to = (c.need_ident()?, id.1.clone());
            self.move_type(&id, &to);
        } else if c.is("set not null") || c.is("drop not null") {
            self.domain_forbids_null(&id, c.is("set not null"));
        }
        Ok(())
    }

    fn domain_forbids_null(&mut self, id: &Id, forbids: bool) {
        let Some(Type::Domain { schema, name, base, .. }) = self.catalog.types.get(id).cloned() else {
            return;
        };
        self.replace_type(id, Type::Domain { schema, name, base, not_null: forbids });
        // A column's own `not null` can't be distinguished from that of the domain, so the column counts as nullable.
        let uses = |ty: &Option<Type>| ty.as_ref().and_then(id_of).as_ref() == Some(id);
        let tables: Vec<Id> = self.catalog.relations.keys().cloned().collect();
        for table in tables {
            if self.catalog.relations[&table].columns.iter().any(|column| uses(&column.ty)) {
                self.update(&table, |_, relation| {
                    relation.columns.iter_mut().filter(|c| uses(&c.ty)).for_each(|c| c.not_null = forbids);
                });
            }
        }
    }
}

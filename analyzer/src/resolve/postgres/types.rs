//! Types as numbers: the built-in ones, and those of the schema that a question needs.

use super::super::Operand;
use crate::{
    Catalog, Type,
    data::postgres::{Data, Known, Proc, TypeId, covers_extension, data},
};

/// The types of one question.
pub(super) struct Types<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) data: &'static Data,
    user: Vec<UserType<'a>>,
}

/// A type of the schema.
struct UserType<'a> {
    ty: &'a Type,
    /// The base type, if it is a domain; otherwise itself.
    base: TypeId,
    range: RangePart,
}

/// The relation of a schema's type to ranges.
#[derive(Clone, Copy)]
enum RangePart {
    None,
    /// A range: the type of its bounds, and its multirange.
    Range(TypeId, TypeId),
    /// A multirange, and its range.
    Multirange(TypeId),
}

impl<'a> Types<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        Types { catalog, data: data(), user: Vec::new() }
    }

    pub(super) fn known(&self) -> &'static Known {
        &self.data.known
    }

    /// Whether the schema creates an extension that the tables don't cover. Then there may be functions, operators and
    /// casts that the tables lack.
    pub(super) fn open_world(&self) -> bool {
        self.catalog.extensions.iter().any(|name| !covers_extension(name))
    }

    /// The number of a type.
    pub(super) fn id(&mut self, ty: &'a Type) -> TypeId {
        match ty {
            Type::Base(name) => match self.data.id(name) {
                Some(id) => id,
                None => self.intern(ty),
            },
            Type::Array(element) => self.id(element).array(),
            Type::Record => self.known().record,
            Type::Enum { .. } | Type::Domain { .. } | Type::Composite { .. } => self.intern(ty),
        }
    }

    /// The number of a possibly unknown type.
    pub(super) fn id_or_unclear(&mut self, ty: Option<&'a Type>) -> TypeId {
        ty.map_or(TypeId::UNCLEAR, |ty| self.id(ty))
    }

    pub(super) fn operand(&mut self, operand: &'a Operand) -> TypeId {
        match operand {
            Operand::Known(ty) => self.id(ty),
            Operand::Untyped => self.known().unknown,
            Operand::Unclear => TypeId::UNCLEAR,
        }
    }

    fn intern(&mut self, ty: &'a Type) -> TypeId {
        if let Some(at) = self.user.iter().position(|known| known.ty == ty) {
            return TypeId::user(at);
        }
        let base = match ty {
            Type::Domain { base, .. } => Some(self.id(base)),
            _ => None,
        };
        let base = base.map(|base| self.base(base));
        let id = TypeId::user(self.user.len());
        self.user.push(UserType { ty, base: base.unwrap_or(id), range: RangePart::None });
        if let (Type::Base(_), Some(at)) = (ty, id.user_index()) {
            self.user[at].range = self.range_part(ty);
        }
        id
    }

    fn range_part(&mut self, ty: &'a Type) -> RangePart {
        let mut ranges = self.catalog.ranges.values();
        match ranges.find(|range| range.ty == *ty || range.multirange == *ty) {
            Some(range) if range.ty == *ty => {
                let subtype = self.id_or_unclear(range.subtype.as_ref());
                RangePart::Range(subtype, self.id(&range.multirange))
            }
            Some(range) => RangePart::Multirange(self.id(&range.ty)),
            None => RangePart::None,
        }
    }

    fn user(&self, id: TypeId) -> Option<&UserType<'a>> {
        self.user.get(id.user_index()?)
    }

    /// The type with a number; `None` if it is unknown.
    pub(super) fn ty(&self, id: TypeId) -> Option<Type> {
        if let Some(element) = id.array_element() {
            return self.ty(element).map(Type::array);
        }
        match self.user(id) {
            Some(user) => Some(user.ty.clone()),
            None => self.data.ty(id),
        }
    }

    /// The name of a type in messages.
    pub(super) fn name(&self, id: TypeId) -> String {
        self.ty(id).map_or_else(|| "unknown".to_owned(), |ty| ty.to_string())
    }

    /// The base type of a domain.
    pub(super) fn base(&self, id: TypeId) -> TypeId {
        if id.array_element().is_some() {
            return id;
        }
        self.user(id).map_or(id, |user| user.base)
    }

    /// The element type of an array (not of `jsonb` or `point`).
    pub(super) fn element(&self, id: TypeId) -> Option<TypeId> {
        if id == self.known().int2vector {
            Some(self.known().int2)
        } else if id == self.known().oidvector {
            Some(self.known().oid)
        } else {
            id.array_element()
        }
    }

    /// The array of a type; `None` if there is none.
    pub(super) fn array(&self, id: TypeId) -> Option<TypeId> {
        if id == TypeId::UNCLEAR {
            return Some(id.array());
        }
        if id.user_index().is_some() {
            return id.array_element().is_none().then(|| id.array());
        }
        let row = self.data.row(id)?;
        (id.array_element().is_none() && row.array).then(|| id.array())
    }

    /// The type of the bounds of a range.
    pub(super) fn range_subtype(&self, id: TypeId) -> Option<TypeId> {
        match self.user(id).map(|user| user.range) {
            Some(RangePart::Range(subtype, _)) => Some(subtype),
            _ => self.plain_row(id, b'r')?.subtype,
        }
    }

    /// The range of a multirange.
    pub(super) fn multirange_range(&self, id: TypeId) -> Option<TypeId> {
        match self.user(id).map(|user| user.range) {
            Some(RangePart::Multirange(range)) => Some(range),
            _ => self.plain_row(id, b'm')?.other,
        }
    }

    /// The multirange of a range.
    pub(super) fn range_multirange(&self, id: TypeId) -> Option<TypeId> {
        match self.user(id).map(|user| user.range) {
            Some(RangePart::Range(_, multirange)) => Some(multirange),
            _ => self.plain_row(id, b'r')?.other,
        }
    }

    fn plain_row(&self, id: TypeId, kind: u8) -> Option<&crate::data::postgres::TypeRow> {
        self.data.row(id).filter(|row| id.array_element().is_none() && row.kind == kind)
    }

    /// A type's category (`N`umeric, `S`tring, `U`ser, …) and whether it is preferred there.
    pub(super) fn category(&self, id: TypeId) -> (u8, bool) {
        if let Some(element) = id.array_element() {
            // An array of rows is a pseudo-type, like a row.
            return (if element == self.known().record { b'P' } else { b'A' }, false);
        }
        if let Some(RangePart::Range(..) | RangePart::Multirange(_)) = self.user(id).map(|user| user.range) {
            return (b'R', false);
        }
        match self.user(id).map(|user| user.ty) {
            Some(Type::Enum { .. }) => (b'E', false),
            Some(Type::Composite { .. }) => (b'C', false),
            Some(Type::Domain { .. }) => (self.category(self.base(id)).0, false),
            Some(_) => (b'U', false),
            None => self.data.row(id).map_or((b'X', false), |row| (row.category, row.preferred)),
        }
    }

    pub(super) fn is_enum(&self, id: TypeId) -> bool {
        id.array_element().is_none() && matches!(self.user(id).map(|user| user.ty), Some(Type::Enum { .. }))
    }

    /// Whether it is a row type with a name, or a domain over one.
    pub(super) fn is_composite(&self, id: TypeId) -> bool {
        let base = self.base(id);
        base.array_element().is_none()
            && matches!(self.user(base).map(|user| user.ty), Some(Type::Composite { .. }))
    }

    /// Whether an object of an extension exists.
    pub(super) fn has(&self, extension: Option<&'static str>) -> bool {
        extension.is_none_or(|name| self.catalog.extensions.contains(name))
    }

    /// Whether a function or operator of the tables exists.
    pub(super) fn has_proc(&self, proc: &Proc) -> bool {
        self.has(proc.extension) && proc.is_in(self.catalog.release)
    }
}

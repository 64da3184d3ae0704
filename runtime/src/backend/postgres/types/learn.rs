//! Asks the server about types that not every server has.

use std::{collections::HashMap, ops::ControlFlow, sync::Arc};

use aio_databases_postgres::{Connection, Encoded, Error, Oid, Params, Query, Result, Row, Sql, Step};

use super::{Shape, TypeInfo, Types, built_in_shared};

const OIDS: u32 = 1028;

/// Types, and those that they are made of.
const TYPES: &str = "with recursive wanted (oid) as (
        select unnest($1)
        union
        select next from wanted join pg_catalog.pg_type t on t.oid = wanted.oid
            cross join lateral (values (t.typbasetype), (case when t.typcategory = 'A' then t.typelem else 0 end)) as n (next)
        where next <> 0
    )
    select t.oid, t.typtype::text, t.typbasetype, case when t.typcategory = 'A' then t.typelem else 0 end,
        pg_catalog.format_type(t.oid, null)
    from wanted join pg_catalog.pg_type t using (oid)";

/// A type as the server's catalog has it.
struct Found {
    kind: u8,
    base: Oid,
    element: Oid,
    name: Box<str>,
}

/// Learns types by their numbers. Those that do not exist any more stay unknown.
pub(crate) async fn learn(connection: &mut Connection, types: &mut Types, oids: &[Oid]) -> Result<()> {
    let mut found = HashMap::new();
    let mut encode = |_: usize, _: usize, _: Oid, out: &mut Vec<u8>| {
        encode_oids(oids, out);
        Ok(Encoded::Binary)
    };
    let mut rows = |row: Row<'_>| {
        if let Some((oid, ty)) = read(&row) {
            found.insert(oid, ty);
        }
        ControlFlow::Continue(())
    };
    let query = Query::new(Sql::Static(TYPES)).types(&[OIDS]).uncached();
    let step = Step::new(query).params(Params::new(1, &mut encode)).rows(&mut rows);
    connection.run(&mut [step]).await?;
    for &oid in oids {
        match build(oid, &found, types, 0) {
            Some(ty) => drop(types.learned.insert(oid, ty)),
            None => return Err(Error::Protocol("a type that the server does not know itself")),
        }
    }
    Ok(())
}

fn read(row: &Row<'_>) -> Option<(Oid, Found)> {
    let oid = |column| Some(Oid::from_be_bytes(row.get(column)?.try_into().ok()?));
    let kind = *row.get(1)?.first()?;
    let name = std::str::from_utf8(row.get(4)?).ok()?.into();
    Some((oid(0)?, Found { kind, base: oid(2)?, element: oid(3)?, name }))
}

/// How deeply domains and arrays can be nested here.
const DEEPEST: usize = 32;

fn build(oid: Oid, found: &HashMap<Oid, Found>, types: &Types, depth: usize) -> Option<Arc<TypeInfo>> {
    if let Some(known) = built_in_shared(oid).or_else(|| types.learned.get(&oid).cloned()) {
        return Some(known);
    }
    let ty = found.get(&oid).filter(|_| depth < DEEPEST)?;
    let part = |oid| build(oid, found, types, depth + 1);
    let shape = match (ty.kind, ty.element) {
        (b'd', _) => Shape::Domain(part(ty.base)?),
        (b'e', _) => Shape::Enum,
        (b'b', 0) => Shape::Base,
        (b'b', element) => Shape::Array(part(element)?),
        _ => Shape::Other,
    };
    Some(Arc::new(TypeInfo { oid, name: ty.name.clone(), shape }))
}

/// An array of one dimension without nulls.
fn encode_oids(oids: &[Oid], out: &mut Vec<u8>) {
    const OID: u32 = 26;
    for number in [1, 0, OID, oids.len() as u32, 1] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    for oid in oids {
        out.extend_from_slice(&4_u32.to_be_bytes());
        out.extend_from_slice(&oid.to_be_bytes());
    }
}

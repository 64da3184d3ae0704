//! PostgreSQL through sqlx: arguments as the types that the server says the parameters have, rows in the binary format.

use std::{ops::Deref, sync::Arc};

use ::sqlx::{
    Arguments as _, Column as _, Either, Encode, Executor as _, PgConnection, Postgres, Row as _,
    Statement as _, Type, TypeInfo as _, ValueRef as _,
    encode::IsNull,
    error::BoxDynError,
    postgres::{
        PgArgumentBuffer, PgArguments, PgDatabaseError, PgErrorPosition, PgRow, PgTypeInfo, PgTypeKind,
        PgValueFormat, types::Oid,
    },
};
use aio_databases_postgres::Encoded;

use super::{
    errors::error,
    rows::Reading,
    run::{Driver, sql},
};
use crate::{
    Backend, DatabaseError, Done, Error, Raw, Result, Row, Value,
    backend::{
        postgres::{
            decode::plain,
            encode,
            errors::Said,
            session::done_of,
            types::{Shape, TypeInfo, built_in, built_in_shared},
        },
        refusal::check_count,
    },
    statement::command::{Args, Command, Text},
    value::reference::{Cell, Plain, RowSource},
};

impl Driver for Postgres {
    const BACKEND: Backend = Backend::Postgres;
    const BEGIN: &'static str = "begin";
    const BATCHES: bool = true;
    const RECOVERS: bool = true;

    async fn statement(
        connection: &mut PgConnection,
        text: &Text,
        command: &Command,
        args: &[Vec<Value>],
        reading: &mut Reading<'_>,
    ) -> Result<Done> {
        // It is prepared once for each connection: sqlx keeps it, and what is known of it.
        let statement = connection.prepare(sql(text)).await.map_err(error::<Postgres>)?;
        let types = match statement.parameters() {
            Some(Either::Left(types)) => types,
            _ => &[],
        };
        let arguments = arguments(types, command, args)?;
        let results = connection.fetch_many((sql(text), Some(arguments)));
        let mut types: Vec<Known> = Vec::new();
        let done = reading.read::<Postgres>(results, |reading, _, row| {
            if types.is_empty() {
                types = row.columns().iter().map(|column| Known::of(column.type_info())).collect();
            }
            reading.take(&Row::new(&PostgresRow { row, types: &types }))
        });
        let done = done.await.map_err(error::<Postgres>)?;
        Ok(done_of(command, done.rows_affected()))
    }

    async fn is_in_transaction(connection: &mut PgConnection) -> Result<bool> {
        // A statement outside of transactions is one of its own, which begins with it.
        const ASK: &str = "select transaction_timestamp() <> statement_timestamp()";
        let row = connection.fetch_one(ASK).await.map_err(error::<Postgres>)?;
        let answer = row.try_get_raw(0).map_err(error::<Postgres>)?;
        Ok(answer.as_bytes().map_err(Error::protocol)? == b"t")
    }

    fn database_error(error: Box<dyn ::sqlx::error::DatabaseError>) -> DatabaseError {
        let Some(said) = error.try_downcast_ref::<PgDatabaseError>() else {
            let (code, message) = (error.code().unwrap_or_default(), error.message());
            let said = Said { code: &code, message, ..Said::default() };
            return said.error();
        };
        let shown = Said {
            code: said.code(),
            message: said.message(),
            detail: said.detail(),
            hint: said.hint(),
            table: said.table(),
            column: said.column(),
            constraint: said.constraint(),
            position: match said.position() {
                Some(PgErrorPosition::Original(position)) => Some(position),
                _ => None,
            },
        }
        .error();
        DatabaseError { source: Some(error.into_error()), ..shown }
    }
}

/// The arguments of a row, or of many as arrays.
fn arguments(types: &[PgTypeInfo], command: &Command, args: &[Vec<Value>]) -> Result<PgArguments> {
    let rejected = |source| Error::Encode { query: None, source: Box::new(source) };
    check_count(types.len(), command.order.len()).map_err(rejected)?;
    let mut arguments = PgArguments::default();
    let mut bytes = Vec::new();
    for (parameter, ty) in types.iter().enumerate() {
        bytes.clear();
        let known = Known::of(ty);
        let encoded = match (&command.args, args) {
            (Args::Batch(..), rows) => encode::column(rows, &command.order, parameter, &known, &mut bytes),
            (_, [row]) => encode::one(row, &command.order, parameter, &known, &mut bytes),
            _ => return Err(Error::protocol("several rows came to a statement for one")),
        };
        let bytes = match encoded.map_err(rejected)? {
            Encoded::Null => None,
            _ => Some(&*bytes),
        };
        arguments.add(Argument { ty, bytes }).map_err(Error::protocol)?;
    }
    Ok(arguments)
}

/// An argument in the binary format.
struct Argument<'a> {
    ty: &'a PgTypeInfo,
    bytes: Option<&'a [u8]>,
}

impl Type<Postgres> for Argument<'_> {
    fn type_info() -> PgTypeInfo {
        const UNKNOWN: Oid = Oid(705);
        PgTypeInfo::with_oid(UNKNOWN)
    }
}

impl<'q> Encode<'q, Postgres> for Argument<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let Some(bytes) = self.bytes else { return Ok(IsNull::Yes) };
        buffer.extend_from_slice(bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.ty.clone())
    }
}

/// A type: one that every server has, or one that sqlx has learned.
enum Known {
    BuiltIn(&'static TypeInfo),
    Learned(Arc<TypeInfo>),
}

impl Known {
    fn of(ty: &PgTypeInfo) -> Self {
        match ty.oid().and_then(|oid| built_in(oid.0)) {
            Some(ty) => Known::BuiltIn(ty),
            None => Known::Learned(learned(ty)),
        }
    }
}

impl Deref for Known {
    type Target = TypeInfo;

    fn deref(&self) -> &TypeInfo {
        match self {
            Known::BuiltIn(ty) => ty,
            Known::Learned(ty) => ty,
        }
    }
}

/// A type as sqlx has learned it from the server's catalog.
fn learned(ty: &PgTypeInfo) -> Arc<TypeInfo> {
    let oid = ty.oid().map_or(0, |oid| oid.0);
    if let Some(known) = built_in_shared(oid) {
        return known;
    }
    let shape = match ty.kind() {
        PgTypeKind::Array(element) => Shape::Array(learned(element)),
        PgTypeKind::Domain(base) => Shape::Domain(learned(base)),
        PgTypeKind::Enum(_) => Shape::Enum,
        PgTypeKind::Simple => Shape::Base,
        _ => Shape::Other,
    };
    Arc::new(TypeInfo { oid, name: ty.name().into(), shape })
}

struct PostgresRow<'r> {
    row: &'r PgRow,
    types: &'r [Known],
}

impl PostgresRow<'_> {
    fn cell(&self, column: usize) -> Option<Cell<'_>> {
        let value = self.row.try_get_raw(column).ok()?;
        Some(match (value.is_null(), value.format()) {
            (true, _) => Cell::Null,
            (false, PgValueFormat::Binary) => Cell::Binary(value.as_bytes().ok()?),
            (false, PgValueFormat::Text) => Cell::Plaintext(value.as_bytes().ok()?),
        })
    }
}

impl RowSource for PostgresRow<'_> {
    fn len(&self) -> usize {
        self.types.len()
    }

    fn names(&self) -> Vec<String> {
        self.row.columns().iter().map(|column| column.name().to_owned()).collect()
    }

    fn size(&self) -> usize {
        let size = |column| match self.cell(column) {
            Some(Cell::Binary(bytes) | Cell::Plaintext(bytes)) => bytes.len(),
            _ => 8,
        };
        (0..self.len()).map(size).sum()
    }

    fn raw(&self, column: usize) -> Option<Raw<'_>> {
        let ty: &TypeInfo = self.types.get(column)?;
        Some(Raw::new(ty, self.cell(column)?))
    }

    fn plain(&self, column: usize) -> Option<Plain<'_>> {
        match self.cell(column)? {
            Cell::Null => Some(Plain::Null),
            Cell::Binary(bytes) => plain(self.types.get(column)?.oid, bytes),
            _ => None,
        }
    }
}

//! `migrate!`: the project's migrations, compiled in.

use std::{fmt::Write as _, path::PathBuf};

use aio_databases_project::{Located, locate};
use aio_databases_sql::{Dialect, MigrationFile, Position, migrations};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Error, LitStr, Result, parse::ParseStream, parse::Parser as _};

use crate::{dialect::Described, project::Project};

/// Expands `migrate!()` and `migrate!("folder")`.
pub(crate) fn run(input: TokenStream) -> TokenStream {
    expand(input).unwrap_or_else(Error::into_compile_error)
}

fn expand(input: TokenStream) -> Result<TokenStream> {
    let folder = (|input: ParseStream<'_>| {
        if input.is_empty() { Ok(None) } else { input.parse::<LitStr>().map(Some) }
    })
    .parse2(input)?;
    let span = folder.as_ref().map_or_else(Span::call_site, LitStr::span);
    let folder = folder.map(|folder| folder.value());
    let project = Project::current();
    if let Some(problem) = project.config.problems.first() {
        return Err(Error::new(span, problem));
    }
    let krate: TokenStream = project.config.krate.parse().unwrap_or_default();
    let (mut sets, mut warnings) = (Vec::new(), Vec::new());
    for dialect in &project.config.backends {
        let set = match &folder {
            Some(folder) => set(&project, &locate(&project.dir, Some(folder), *dialect)),
            None => {
                warnings.extend(refused(&project, *dialect));
                set(&project, project.located(*dialect))
            }
        };
        let entries = set.map_err(|message| Error::new(span, message))?;
        let entries = entries.iter().map(|Entry { version, description, up, down }| {
            let source = |path: &PathBuf| {
                let (file, path) = (shown(&project, path), path.to_string_lossy());
                quote!(#krate::MigrationSource::embedded(#file, ::core::include_str!(#path)))
            };
            let up = source(up);
            let down = match down {
                Some(down) => {
                    let down = source(down);
                    quote!(::core::option::Option::Some(#down))
                }
                None => quote!(::core::option::Option::None),
            };
            quote!(#krate::Migration::embedded(#version, #description, #up, #down))
        });
        let variant = Ident::new(dialect.facts().variant, span);
        sets.push(quote! {
            (#krate::Dialect::#variant, {
                static SET: &[#krate::Migration] = &[#(#entries),*];
                SET
            })
        });
    }
    // As in `expand::warning`, the deprecation is how a macro emits a warning.
    let warnings = warnings.iter().map(|warning| {
        quote_spanned!(span => {
            #[deprecated(note = #warning)]
            macro_rules! refused_migration { () => {}; }
            refused_migration! {}
        })
    });
    Ok(quote! {{
        #(#warnings)*
        static MIGRATIONS: #krate::Migrations = #krate::Migrations::embedded(&[#(#sets),*]);
        &MIGRATIONS
    }})
}

/// The statements of the migrations that the server will certainly reject.
fn refused(project: &Project, dialect: Dialect) -> Vec<String> {
    let problems = project.schema(dialect).problems().iter().filter(|problem| problem.refused);
    let told = problems.map(|problem| {
        let Position { line, column } = problem.position;
        format!("{} refuses {}:{line}:{column}: {}", dialect.title(), problem.source, problem.message)
    });
    told.collect()
}

/// A migration and its files.
pub(crate) struct Entry {
    pub(crate) version: i64,
    pub(crate) description: String,
    pub(crate) up: PathBuf,
    pub(crate) down: Option<PathBuf>,
}

/// Each migration, in order.
pub(crate) fn set(project: &Project, located: &Located) -> std::result::Result<Vec<Entry>, String> {
    if let Some(problem) = &located.problem {
        return Err(problem.clone());
    }
    if located.folder.is_none() {
        return Err(match located.files.first() {
            Some(file) => format!(
                "`{}` is a whole schema, not a folder of migrations; to apply it, rename it to \
                 `migrations/0001_schema.sql`",
                shown(project, file)
            ),
            None => format!("no migrations found; searched {}", listed(&located.looked)),
        });
    }
    let files: Vec<&PathBuf> = located.files.iter().chain(&located.downs).collect();
    let names = files.iter().map(|file| file.file_name().and_then(|name| name.to_str()).unwrap_or_default());
    let found = migrations(names)
        .map_err(|(index, message)| format!("`{}` {message}", shown(project, files[index])))?;
    let entry = |MigrationFile { version, description, index, down }| Entry {
        version,
        description,
        up: files[index].clone(),
        down: down.map(|index| files[index].clone()),
    };
    Ok(found.into_iter().map(entry).collect())
}

fn shown(project: &Project, file: &std::path::Path) -> String {
    file.strip_prefix(&project.dir).unwrap_or(file).display().to_string()
}

fn listed(looked: &[String]) -> String {
    looked.iter().fold(String::new(), |mut text, place| {
        let _ = write!(text, "{}`{place}`", if text.is_empty() { "" } else { ", " });
        text
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[cfg(feature = "sqlite")]
    #[test]
    fn what_the_server_refuses_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, sql: &str| fs::write(dir.path().join("migrations").join(name), sql).unwrap();
        fs::create_dir(dir.path().join("migrations")).unwrap();
        write("1_users.sql", "create table users (id integer primary key, name text)");
        write("2_index.sql", "create index good on users (id);\ncreate index bad on users (nme);");
        let project = Project::read(dir.path(), &[Dialect::Sqlite]);
        assert_eq!(
            refused(&project, Dialect::Sqlite),
            [
                "SQLite refuses migrations/2_index.sql:2:28: unknown column `nme` in `users`; did you mean `name`?"
            ]
        );
        assert_eq!(set(&project, project.located(Dialect::Sqlite)).unwrap().len(), 2);
    }
}

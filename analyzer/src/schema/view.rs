//! `create view`, and updates of a view when its tables change.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use super::{
    Builder,
    create_table::unknown_column,
    cursor::{Cursor, Read},
    names::Id,
};
use crate::dialect::Views;
use crate::{
    Catalog, Relation, RelationColumn, RelationKind,
    syntax::{ParsedQuery, parse_query},
};

/// The options of a view, from the keywords before `view`.
#[derive(Clone, Copy, Default)]
pub(super) struct Manner {
    pub(super) materialized: bool,
    pub(super) temporary: bool,
    pub(super) replace: bool,
    pub(super) recursive: bool,
}

/// The definition of a view.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// `None` if the parser rejected it.
    query: Option<Arc<ParsedQuery>>,
    /// Names given to its columns.
    names: Vec<String>,
    /// Tables and views that it reads, by their names when it was created.
    reads: BTreeMap<Id, Source>,
    /// The words of its text that can be column names.
    words: BTreeSet<String>,
    /// The search path when it was created.
    search_path: Vec<String>,
}

/// Infers the columns of views. It is the one way from the schema to queries.
pub(crate) trait ViewQueries: fmt::Debug + Sync {
    /// What a view's query returns.
    fn output(&self, catalog: &Catalog, query: &ParsedQuery) -> ViewOutput;
}

/// What a view's query returns.
pub(crate) struct ViewOutput {
    pub(crate) columns: Vec<RelationColumn>,
    /// False if there can be unknown columns.
    pub(crate) complete: bool,
    /// See [`Relation::forgets`].
    pub(crate) forgets: bool,
    /// The first mistake, because of which nothing about its columns is certain.
    pub(crate) mistake: Option<String>,
}

/// A query's result, as far as it is known.
pub(super) struct Shape {
    pub(super) columns: Vec<RelationColumn>,
    pub(super) complete: bool,
    forgets: bool,
    mistake: Option<String>,
}

impl Shape {
    fn of(queries: &dyn ViewQueries, catalog: &Catalog, query: Option<&ParsedQuery>) -> Self {
        let Some(query) = query else {
            let mistake = Some("the query cannot be read".to_owned());
            return Shape { columns: Vec::new(), complete: false, forgets: false, mistake };
        };
        let ViewOutput { mut columns, complete, forgets, mistake } = queries.output(catalog, query);
        if mistake.is_some() {
            // The names may be right, but nothing else is certain.
            columns = columns.into_iter().map(|column| unknown_column(column.name)).collect();
        }
        Shape { columns, complete: complete && mistake.is_none(), forgets, mistake }
    }
}

/// A table or view that a view reads.
#[derive(Clone, Debug)]
struct Source {
    /// Its current name.
    id: Id,
    /// Columns that were renamed since: their new and old names.
    renamed: Vec<(String, String)>,
}

impl View {
    fn reads(&self, ids: impl Fn(&Id) -> bool) -> bool {
        self.reads.values().any(|source| ids(&source.id))
    }
}

impl Builder {
    /// `create view …`, after `view`.
    pub(super) fn create_view(&mut self, c: &mut Cursor<'_>, how: Manner) -> Read<()> {
        let Manner { materialized, temporary, replace, recursive } = how;
        let if_not_exists = c.eat("if not exists");
        let name = c.name()?;
        let id = self.new_id(&name, temporary);
        if self.catalog.relations.contains_key(&id) && !replace {
            if !(if_not_exists || self.lenient) {
                self.problem(c.script(), c.offset(), format!("`{name}` already exists"));
            }
            return Ok(());
        }
        let names = c.names_in_group()?.unwrap_or_default();
        let mut relation = Relation {
            schema: id.0.clone(),
            name: id.1.clone(),
            kind: if materialized { RelationKind::MaterializedView } else { RelationKind::View },
            columns: names.iter().cloned().map(unknown_column).collect(),
            keys: Vec::new(),
            partial_keys: Vec::new(),
            reacts: false,
            forgets: false,
            triggers: Vec::new(),
            complete: false,
        };
        if !c.skip_to(&["as"]) {
            self.catalog.relations.insert(id.clone(), Arc::new(relation));
            self.changed(&id);
            return c.stuck(format!("the query of `{name}` is missing"));
        }
        c.eat("as");
        self.refresh();
        let start = *c;
        c.skip_to(&["with no data", "with data", "with check option", "with cascaded", "with local"]);
        let text = start.until(c);
        let query = match recursive {
            true => Cow::Owned(recursive_query(&name.name, &names, text.rest())),
            false => Cow::Borrowed(text.rest()),
        };
        let view = View {
            query: parse_query(&query, self.catalog.dialect).map(Arc::new),
            names,
            reads: self
                .relations_in(text)
                .into_iter()
                .map(|id| (id.clone(), Source { id, renamed: Vec::new() }))
                .collect(),
            words: text.words(),
            search_path: self.catalog.search_path.clone(),
        };
        let shape = self.shape_of(&view);
        self.shape_problem(&name.name, &shape, &start);
        relation.complete = shape.complete;
        relation.forgets = shape.forgets;
        if shape.complete || relation.columns.is_empty() {
            relation.columns = shape.columns;
        }
        if materialized {
            self.system_columns(&mut relation);
        }
        self.catalog.relations.insert(id.clone(), Arc::new(relation));
        self.views.insert(id.clone(), view);
        self.changed(&id);
        Ok(())
    }

    /// The current columns of a query. Reports a problem if they are unknown.
    pub(super) fn query_columns(&mut self, name: &str, text: Cursor<'_>) -> Shape {
        self.refresh();
        let query = parse_query(text.rest(), self.catalog.dialect);
        let shape = Shape::of(self.queries, &self.catalog, query.as_ref());
        self.shape_problem(name, &shape, &text);
        shape
    }

    fn shape_of(&self, view: &View) -> Shape {
        let mut shape = Shape::of(self.queries, &self.catalog_of(view), view.query.as_deref());
        shape.complete &= shape.columns.len() >= view.names.len();
        shape.columns.iter_mut().zip(&view.names).for_each(|(column, name)| column.name.clone_from(name));
        shape
    }

    fn shape_problem(&mut self, name: &str, shape: &Shape, place: &Cursor<'_>) {
        if shape.complete {
            return;
        }
        let reason = shape.mistake.as_ref().map(|mistake| format!(": {mistake}")).unwrap_or_default();
        self.note(place.script(), place.offset(), format!("the columns of `{name}` are unknown{reason}"));
    }

    /// The catalog with the names that a view's text uses.
    fn catalog_of(&self, view: &View) -> Cow<'_, Catalog> {
        let renamed = |(then, now): &(&Id, &Source)| **then != now.id || !now.renamed.is_empty();
        let mut catalog = Cow::Borrowed(&self.catalog);
        if self.catalog.search_path != view.search_path {
            catalog.to_mut().search_path.clone_from(&view.search_path);
        }
        for (then, now) in view.reads.iter().filter(renamed) {
            let Some(mut relation) = self.catalog.relations.get(&now.id).cloned() else { continue };
            let target = Arc::make_mut(&mut relation);
            (target.schema, target.name) = then.clone();
            for (now, then) in &now.renamed {
                for column in target.columns.iter_mut().filter(|column| column.name == *now) {
                    column.name.clone_from(then);
                }
            }
            catalog.to_mut().relations.insert(then.clone(), relation);
        }
        catalog
    }

    /// Updates the views that use changed objects.
    pub(super) fn refresh(&mut self) {
        let mut changed = std::mem::take(&mut self.changed);
        if changed.is_empty() {
            return;
        }
        self.renew_row_types(&changed);
        // A view can use another view, so repeat until nothing changes.
        let mut waiting: Vec<Id> = self.views.keys().cloned().collect();
        loop {
            let (now, later): (Vec<Id>, Vec<Id>) =
                waiting.into_iter().partition(|id| self.views[id].reads(|read| changed.contains(read)));
            if now.is_empty() {
                break;
            }
            for id in &now {
                self.refresh_view(id);
            }
            changed = now.into_iter().collect();
            self.renew_row_types(&changed);
            waiting = later;
        }
        self.changed.clear();
    }

    /// Updates all views.
    pub(super) fn recheck_views(&mut self) {
        for id in self.views.keys().cloned().collect::<Vec<_>>() {
            self.refresh_view(&id);
        }
    }

    fn refresh_view(&mut self, id: &Id) {
        let Some(view) = self.views.get(id).cloned() else { return };
        let shape = self.shape_of(&view);
        let views = self.facts().definitions.views;
        self.update(id, |_, relation| match views {
            Views::Text => {
                relation.columns = shape.columns;
                relation.complete = shape.complete;
                relation.forgets = shape.forgets;
                for (now, then) in view.reads.values().flat_map(|source| &source.renamed) {
                    for column in relation.columns.iter_mut().filter(|column| column.name == *then) {
                        column.name.clone_from(now);
                    }
                }
            }
            _ => recheck(relation, &shape.columns, views),
        });
    }

    /// The tables and views that a query reads: the names after `from`, `join` and their commas.
    fn relations_in(&self, query: Cursor<'_>) -> BTreeSet<Id> {
        let mut found = BTreeSet::new();
        self.collect_relations(query, false, &mut found);
        found
    }

    fn collect_relations(&self, mut c: Cursor<'_>, from: bool, found: &mut BTreeSet<Id>) {
        // Whether a table can come next, and whether one can come after a comma.
        let (mut table, mut list) = (from, from);
        while !c.done() {
            if let Some(group) = c.group() {
                self.collect_relations(group, table, found);
                table = false;
                continue;
            }
            match c.word().as_str() {
                "from" | "using" => (table, list) = (true, true),
                "join" | "table" => table = true,
                "only" | "lateral" if table => {}
                "where" | "group" | "order" | "having" | "select" | "union" | "limit" | "on" | "window"
                | "values" => {
                    list = list && c.is("on");
                    table = false;
                }
                _ if table => {
                    let mut name = c;
                    if let Ok(read) = name.name() {
                        found.extend(self.find_relation(&read));
                        c = name;
                        table = false;
                        continue;
                    }
                    table = false;
                }
                _ if list && c.is(",") => table = true,
                _ => {}
            }
            c.skip();
        }
    }

    /// The views that read one of these, and those that read them in turn.
    pub(super) fn views_over(&self, ids: &[Id], with_column: Option<&str>) -> Vec<Id> {
        let mut over: Vec<Id> = Vec::new();
        loop {
            let more = self.views.iter().find(|(id, view)| {
                let direct = view.reads(|read| ids.contains(read))
                    && with_column.is_none_or(|column| self.mentions(id, view, column));
                !over.contains(id) && (direct || view.reads(|read| over.contains(read)))
            });
            match more {
                Some((id, _)) => over.push(id.clone()),
                None => return over,
            }
        }
    }

    /// Whether a view depends on a column: its text names it, or `*` included it.
    fn mentions(&self, id: &Id, view: &View, column: &str) -> bool {
        let columns = self.catalog.relations.get(id).map(|relation| &relation.columns);
        view.words.contains(column) || columns.is_some_and(|columns| columns.iter().any(|c| c.name == column))
    }

    pub(super) fn forget_view(&mut self, id: &Id) {
        self.views.remove(id);
    }

    /// Updates the definitions of views when a table or view is renamed.
    pub(super) fn rename_in_views(&mut self, from: &Id, to: &Id) {
        if let Some(view) = self.views.remove(from) {
            self.views.insert(to.clone(), view);
        }
        if self.facts().definitions.views == Views::Names {
            return;
        }
        for source in self.views.values_mut().flat_map(|view| view.reads.values_mut()) {
            if source.id == *from {
                source.id.clone_from(to);
            }
        }
    }

    /// Updates the definitions of views when a column is renamed.
    pub(super) fn rename_column_in_views(&mut self, id: &Id, from: &str, to: &str) {
        if self.facts().definitions.views == Views::Names {
            return;
        }
        for source in self.views.values_mut().flat_map(|view| view.reads.values_mut()).filter(|s| s.id == *id)
        {
            match source.renamed.iter_mut().find(|(now, _)| now == from) {
                Some((now, _)) => to.clone_into(now),
                None => source.renamed.push((to.to_owned(), from.to_owned())),
            }
        }
    }
}

/// Merges old and new columns of a view. Its columns stay as created, but their nullability follows the tables.
fn recheck(relation: &mut Relation, now: &[RelationColumn], views: Views) {
    let follows_types = views == Views::Names;
    for column in relation.columns.iter_mut().filter(|column| !column.hidden) {
        let same = now.iter().find(|other| other.name == column.name);
        let not_null = same.is_some_and(|other| other.not_null && (follows_types || other.ty == column.ty));
        column.not_null = match relation.kind {
            // Its rows may be older, from a time when null was allowed.
            RelationKind::MaterializedView => column.not_null && not_null,
            _ => not_null,
        };
        if follows_types {
            column.ty = same.and_then(|other| other.ty.clone());
        }
    }
}

/// The query that `create recursive view` abbreviates.
fn recursive_query(name: &str, columns: &[String], query: &str) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let columns: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
    let (name, columns) = (quoted(name), columns.join(", "));
    format!("with recursive {name} ({columns}) as ({query}) select {columns} from {name}")
}

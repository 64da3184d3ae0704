//! `create function` and similar statements: the signature and the result.

use super::{
    Builder,
    create_table::unknown_column,
    cursor::{Cursor, Kind, Read},
    names::Name,
    types::Declared,
};
use crate::{Function, RelationColumn, Returns, Type};

/// An argument of a function.
struct Argument {
    mode: Mode,
    name: Option<String>,
    ty: Option<Type>,
    default: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    In,
    Out,
    InOut,
    Variadic,
}

impl Builder {
    /// `create function …`, after `function` or `procedure`.
    pub(super) fn create_function(&mut self, c: &mut Cursor<'_>, procedure: bool) -> Read<()> {
        if !self.facts().definitions.routines {
            return Ok(());
        }
        c.eat("if not exists");
        let name = self.routine_name(c)?;
        let arguments = self.read_arguments(c)?;
        let returns = if c.eat("returns table") {
            let mut columns = Vec::new();
            for mut item in c.group().map(Cursor::items).unwrap_or_default() {
                let name = item.need_ident()?;
                let ty = self.read_type(&mut item)?.ty;
                columns.push(RelationColumn { ty, ..unknown_column(name) });
            }
            Returns::Table(columns)
        } else if c.eat("returns") {
            let declared = self.read_return(c)?;
            given(declared, &arguments)
        } else {
            given(Declared::default(), &arguments)
        };
        let (returns, out_name) = match given_out(&arguments).as_slice() {
            [] if procedure => (Returns::Nothing, None),
            several if procedure => (out_columns(several), None),
            [one] => (returns, one.name.clone()),
            _ => (returns, None),
        };
        let mut function = Function {
            schema: self.new_id(&name, false).0,
            name: name.name,
            args: Vec::new(),
            arg_names: Vec::new(),
            defaults: 0,
            variadic: false,
            returns,
            strict: false,
            volatile: true,
            aggregate: false,
            procedure,
            out_name,
            returns_null: says_return_null(*c),
        };
        take_arguments(&mut function, &arguments);
        read_options(&mut function, *c);
        self.add_function(function);
        Ok(())
    }

    /// The type after `returns`; nothing for `void` and triggers.
    fn read_return(&mut self, c: &mut Cursor<'_>) -> Read<Declared> {
        for nothing in ["void", "trigger", "event_trigger"] {
            if c.eat(nothing) {
                return Ok(Declared { words: "void".to_owned(), ..Declared::default() });
            }
        }
        if c.is("record") || c.is("setof record") {
            let set = c.eat("setof");
            c.eat("record");
            return Ok(Declared { ty: Some(Type::Record), set, ..Declared::default() });
        }
        self.read_type(c)
    }

    fn read_arguments(&mut self, c: &mut Cursor<'_>) -> Read<Vec<Argument>> {
        let Some(group) = c.group() else { return c.stuck("the arguments of the function are missing") };
        group.items().into_iter().map(|mut item| self.read_argument(&mut item)).collect()
    }

    /// `[in | out | inout | variadic] [name] type [default …]`, modes and names in either order.
    fn read_argument(&mut self, c: &mut Cursor<'_>) -> Read<Argument> {
        let mut mode = read_mode(c);
        let start = *c;
        let mut name = c.ident();
        if mode.is_none() && !c.done() {
            mode = read_mode(c);
        }
        // The rest of `double precision` isn't a type, but after a name there is a type.
        let two_words = Self::is_second_word(c);
        if c.done() || c.is("default") || c.is("=") || c.is(":=") || !is_type_start(c) || two_words {
            *c = start;
            name = None;
        }
        let ty = self.read_type(c)?.ty;
        let default = c.is("default") || c.is("=") || c.is(":=");
        Ok(Argument { mode: mode.unwrap_or(Mode::In), name, ty, default })
    }

    fn is_second_word(c: &Cursor<'_>) -> bool {
        ["precision", "varying", "with time zone", "without time zone"].iter().any(|word| c.is(word))
    }

    /// `create aggregate …`, after `aggregate`.
    pub(super) fn create_aggregate(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        let name = c.name()?;
        let Some(group) = c.group() else { return c.stuck("the arguments of the aggregate are missing") };
        let mut arguments = Vec::new();
        for mut part in group.items() {
            if !part.is("*") {
                // `percentile (float8 order by anyelement)`
                let mut ahead = part;
                if ahead.skip_to(&["order by"]) {
                    return part.stuck("an ordered-set aggregate is not supported");
                }
                arguments.push(self.read_argument(&mut part)?);
            }
        }
        let options = c.group().map(Cursor::items).unwrap_or_default();
        let state = match option(&options, "stype") {
            Some(mut option) => self.read_type(&mut option)?.ty,
            None => None,
        };
        // With a final function, its type is the result.
        let ty = match option(&options, "finalfunc") {
            None => state,
            Some(mut option) => self.result_of(&option.name()?),
        };
        let mut function = Function {
            schema: self.new_id(&name, false).0,
            name: name.name,
            args: Vec::new(),
            arg_names: Vec::new(),
            defaults: 0,
            variadic: false,
            returns: Returns::Value(ty),
            strict: false,
            volatile: false,
            aggregate: true,
            procedure: false,
            out_name: None,
            returns_null: false,
        };
        take_arguments(&mut function, &arguments);
        self.add_function(function);
        Ok(())
    }

    /// The name of a function or procedure. MySQL ignores its case, even if table names are case-sensitive.
    fn routine_name(&self, c: &mut Cursor<'_>) -> Read<Name> {
        let mut name = c.name()?;
        if self.facts().definitions.routine_options {
            name.name = name.name.to_lowercase();
        }
        Ok(name)
    }

    /// The result of the only function with a name.
    fn result_of(&self, name: &Name) -> Option<Type> {
        match self.catalog.functions.get(&name.name)?.as_slice() {
            [Function { returns: Returns::Value(ty), .. }] => ty.clone(),
            _ => None,
        }
    }

    /// Adds a function, replacing one with the same arguments.
    pub(super) fn add_function(&mut self, function: Function) {
        let overloads = self.facts().definitions.overloads;
        let functions = self.catalog.functions.entry(function.name.clone()).or_default();
        functions.retain(|other| other.schema != function.schema || overloads && other.args != function.args);
        functions.push(function);
        self.functions_changed();
    }

    /// Views can call them.
    fn functions_changed(&mut self) {
        self.recheck_views();
    }

    /// `alter function …`, after that keyword.
    pub(super) fn alter_function(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        if !self.facts().definitions.overloads {
            return Ok(());
        }
        let name = c.name()?;
        let types = self.argument_types(c)?;
        let schema = if c.eat("set schema") { Some(c.need_ident()?) } else { None };
        let to = if c.eat("rename to") { Some(c.need_ident()?) } else { None };
        let Some(mut function) = self.take_function(&name, types.as_deref()) else {
            return match c.is("owner to") || self.lenient {
                true => Ok(()),
                false => c.stuck(format!("unknown function `{name}`")),
            };
        };
        if let Some(schema) = schema {
            function.schema = schema;
        } else if let Some(to) = to {
            function.name = to;
        } else {
            read_options(&mut function, *c);
        }
        self.add_function(function);
        Ok(())
    }

    /// `drop function a(int), b`, after that keyword.
    pub(super) fn drop_functions(&mut self, c: &mut Cursor<'_>) -> Read<()> {
        c.eat("if exists");
        for mut item in c.items() {
            let name = self.routine_name(&mut item)?;
            let types = self.argument_types(&mut item)?;
            self.take_function(&name, types.as_deref());
        }
        self.functions_changed();
        Ok(())
    }

    /// The types of the input arguments that come next; `None` if there are no parentheses.
    fn argument_types(&mut self, c: &mut Cursor<'_>) -> Read<Option<Vec<Option<Type>>>> {
        if !c.is("(") {
            return Ok(None);
        }
        let arguments = self.read_arguments(c)?;
        Ok(Some(arguments.into_iter().filter(|a| a.mode != Mode::Out).map(|a| a.ty).collect()))
    }

    fn take_function(&mut self, name: &Name, types: Option<&[Option<Type>]>) -> Option<Function> {
        let schemas = match &name.schema {
            Some(schema) => vec![self.schema_name(schema)],
            None => self.catalog.search_path.clone(),
        };
        let functions = self.catalog.functions.get_mut(&name.name)?;
        let at = functions.iter().position(|function| {
            schemas.contains(&function.schema) && types.is_none_or(|types| types == function.args)
        })?;
        let function = functions.remove(at);
        if functions.is_empty() {
            self.catalog.functions.remove(&name.name);
        }
        Some(function)
    }
}

/// The value of `name = value` among options.
fn option<'a>(options: &[Cursor<'a>], name: &str) -> Option<Cursor<'a>> {
    options.iter().find_map(|option| {
        let mut value = *option;
        (value.eat(name) && value.eat("=")).then_some(value)
    })
}

/// The result of a function, from its `returns` and its `out` arguments.
fn given(declared: Declared, arguments: &[Argument]) -> Returns {
    match (given_out(arguments).as_slice(), declared) {
        ([], Declared { words, .. }) if words == "void" => Returns::Nothing,
        ([], Declared { ty, set: false, .. }) => Returns::Value(ty),
        ([], Declared { ty, set: true, .. }) => Returns::SetOf(ty),
        ([one], Declared { set: false, .. }) => Returns::Value(one.ty.clone()),
        ([one], Declared { set: true, .. }) => Returns::SetOf(one.ty.clone()),
        (several, _) => out_columns(several),
    }
}

fn given_out(arguments: &[Argument]) -> Vec<&Argument> {
    arguments.iter().filter(|a| matches!(a.mode, Mode::Out | Mode::InOut)).collect()
}

fn out_columns(arguments: &[&Argument]) -> Returns {
    let column = |(at, argument): (usize, &&Argument)| {
        let name = argument.name.clone().unwrap_or_else(|| format!("column{}", at + 1));
        RelationColumn { ty: argument.ty.clone(), ..unknown_column(name) }
    };
    Returns::Table(arguments.iter().enumerate().map(column).collect())
}

fn take_arguments(function: &mut Function, arguments: &[Argument]) {
    // A call of a procedure also passes a value for an `out` argument.
    let given = |argument: &&Argument| argument.mode != Mode::Out || function.procedure;
    let input: Vec<&Argument> = arguments.iter().filter(given).collect();
    function.args = input.iter().map(|argument| argument.ty.clone()).collect();
    function.arg_names = input.iter().map(|argument| argument.name.clone()).collect();
    function.defaults = input.iter().filter(|argument| argument.default).count();
    function.variadic = input.last().is_some_and(|argument| argument.mode == Mode::Variadic);
}

/// `strict`, `volatile` and other options, anywhere outside of the body.
fn read_options(function: &mut Function, mut c: Cursor<'_>) {
    let more = c.facts().definitions.routine_options;
    while !c.done() {
        if c.eat("as") || c.is("begin") || c.is("return") {
            if c.is("begin") || c.is("return") {
                return;
            }
            continue;
        }
        if c.eat("strict") || c.eat("returns null on null input") {
            function.strict = true;
        } else if c.eat("called on null input") {
            function.strict = false;
        } else if c.eat("immutable")
            || c.eat("stable")
            || (more && (c.eat("no sql") || c.eat("reads sql data")))
        {
            function.volatile = false;
        } else if c.eat("volatile") || (more && c.eat("modifies sql data")) {
            function.volatile = true;
        } else {
            c.skip();
        }
    }
}

/// Whether a body contains `return null`.
fn says_return_null(mut c: Cursor<'_>) -> bool {
    while !c.done() {
        if c.nth(0).is_some_and(|tok| matches!(tok.kind, Kind::Str | Kind::Dollar)) {
            let body = c.literal().unwrap_or_default().to_ascii_lowercase();
            let words: Vec<&str> = body.split_whitespace().collect();
            return words.windows(2).any(|two| two[0] == "return" && two[1].trim_end_matches(';') == "null");
        }
        c.advance();
    }
    false
}

fn read_mode(c: &mut Cursor<'_>) -> Option<Mode> {
    let modes = [
        ("inout", Mode::InOut),
        ("in out", Mode::InOut),
        ("in", Mode::In),
        ("out", Mode::Out),
        ("variadic", Mode::Variadic),
    ];
    modes.into_iter().find(|(word, _)| c.eat(word)).map(|(_, mode)| mode)
}

fn is_type_start(c: &Cursor<'_>) -> bool {
    c.nth(0).is_some_and(|tok| matches!(tok.kind, Kind::Word | Kind::Quoted))
}

//! Partitions, and tables that inherit: changes to a parent also apply to its children.

use std::{collections::BTreeSet, sync::Arc};

use super::{Builder, names::Id};
use crate::Relation;

/// A table below another.
#[derive(Clone, Debug)]
pub(super) struct Child {
    parent: Id,
    child: Id,
    partition: bool,
    /// The columns that the child also declares itself, which remain when the parent's are dropped.
    own: BTreeSet<String>,
}

impl Builder {
    /// Makes a table a child of another.
    pub(super) fn add_child(&mut self, parent: &Id, child: &Id, partition: bool, own: BTreeSet<String>) {
        self.children.push(Child { parent: parent.clone(), child: child.clone(), partition, own });
        self.update(parent, |_, _| ());
    }

    /// Detaches a table from its parent. Its columns remain.
    pub(super) fn remove_child(&mut self, parent: &Id, child: &Id) {
        self.children.retain(|link| link.parent != *parent || link.child != *child);
    }

    /// A table and all of its descendants.
    pub(super) fn family(&self, id: &Id) -> Vec<Id> {
        self.below(id, |_| true)
    }

    /// A table and all descendants whose column is only inherited from it.
    pub(super) fn heirs(&self, id: &Id, column: &str) -> Vec<Id> {
        self.below(id, |link| !link.own.contains(column))
    }

    fn below(&self, id: &Id, follow: impl Fn(&Child) -> bool) -> Vec<Id> {
        let mut family = vec![id.clone()];
        let mut at = 0;
        while at < family.len() {
            let parent = family[at].clone();
            for link in self.children.iter().filter(|link| link.parent == parent && follow(link)) {
                if !family.contains(&link.child) {
                    family.push(link.child.clone());
                }
            }
            at += 1;
        }
        family
    }

    /// The partitions of a table, recursively.
    pub(super) fn partitions(&self, id: &Id) -> Vec<Id> {
        let partition = |child: &Id| self.children.iter().any(|link| link.child == *child && link.partition);
        self.family(id).into_iter().skip(1).filter(partition).collect()
    }

    /// The ancestors of a table.
    pub(super) fn ancestors(&self, id: &Id) -> Vec<Id> {
        let mut above = vec![id.clone()];
        let mut at = 0;
        while at < above.len() {
            let child = above[at].clone();
            for link in self.children.iter().filter(|link| link.child == child) {
                if !above.contains(&link.parent) {
                    above.push(link.parent.clone());
                }
            }
            at += 1;
        }
        above.split_off(1)
    }

    pub(super) fn rename_child(&mut self, from: &Id, to: &Id) {
        for link in &mut self.children {
            for id in [&mut link.parent, &mut link.child] {
                if id == from {
                    id.clone_from(to);
                }
            }
        }
    }

    pub(super) fn forget_children(&mut self, id: &Id) {
        self.children.retain(|link| link.parent != *id && link.child != *id);
    }

    /// Changes a table or view.
    pub(super) fn update<T>(&mut self, id: &Id, change: impl FnOnce(&Self, &mut Relation) -> T) -> Option<T> {
        let mut relation = self.catalog.relations.get(id)?.clone();
        let answer = change(self, Arc::make_mut(&mut relation));
        if self.children.iter().any(|link| link.parent == *id && !link.partition) && !relation.keys.is_empty()
        {
            // Each table has its own keys, so nothing is unique across all of them.
            let parent = Arc::make_mut(&mut relation);
            parent.partial_keys.append(&mut parent.keys);
        }
        self.catalog.relations.insert(id.clone(), relation);
        self.changed(id);
        Some(answer)
    }

    /// Marks the views that use it for an update.
    pub(super) fn changed(&mut self, id: &Id) {
        self.changed.insert(id.clone());
    }

    /// Records that nothing about a table is certain anymore.
    pub(super) fn forget(&mut self, id: &Id) {
        self.update(id, |_, relation| {
            relation.complete = false;
            relation.keys.clear();
            for column in relation.columns.iter_mut().filter(|column| !column.hidden) {
                column.ty = None;
                column.not_null = false;
            }
        });
    }
}

//! A value that a future has while it is polled, on whichever runtime: what `tokio::task_local!` is on tokio.

use std::{
    cell::RefCell,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    thread::LocalKey,
};

use pin_project_lite::pin_project;

/// Where the value is while a future is polled on this thread.
pub(super) type Slot<T> = RefCell<Option<Arc<T>>>;

/// Does something with the value of the future that is being polled, if it has one.
pub(super) fn with<T, R>(slot: &'static LocalKey<Slot<T>>, read: impl FnOnce(&Arc<T>) -> R) -> Option<R> {
    // There is none while the thread ends.
    slot.try_with(|slot| slot.borrow().as_ref().map(read)).ok().flatten()
}

/// A future with the value; also while it is dropped.
pub(super) fn scope<T, F: Future>(
    slot: &'static LocalKey<Slot<T>>,
    value: Arc<T>,
    future: F,
) -> Scoped<T, F> {
    Scoped { slot, value: Some(value), future: Some(future) }
}

pin_project! {
    pub(super) struct Scoped<T: 'static, F> {
        slot: &'static LocalKey<Slot<T>>,
        // It is in the slot while the future is polled.
        value: Option<Arc<T>>,
        #[pin]
        future: Option<F>,
    }

    impl<T: 'static, F> PinnedDrop for Scoped<T, F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _entered = Entered::new(this.slot, this.value);
            this.future.set(None);
        }
    }
}

impl<T, F: Future> Future for Scoped<T, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = Entered::new(this.slot, this.value);
        let future = this.future.as_pin_mut().expect("a future is there until it is dropped");
        future.poll(cx)
    }
}

/// The value is in its place until this is dropped, also by a panic.
struct Entered<'a, T: 'static> {
    slot: &'static LocalKey<Slot<T>>,
    value: &'a mut Option<Arc<T>>,
}

impl<'a, T> Entered<'a, T> {
    fn new(slot: &'static LocalKey<Slot<T>>, value: &'a mut Option<Arc<T>>) -> Self {
        let mut entered = Entered { slot, value };
        entered.swap();
        entered
    }

    fn swap(&mut self) {
        // If the thread ends, nobody looks for the value.
        let _ = self.slot.try_with(|slot| std::mem::swap(&mut *slot.borrow_mut(), self.value));
    }
}

impl<T> Drop for Entered<'_, T> {
    fn drop(&mut self) {
        self.swap();
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, panic::AssertUnwindSafe};

    use futures_util::FutureExt as _;

    use super::*;

    thread_local! {
        static NUMBER: Slot<u32> = const { RefCell::new(None) };
    }

    fn number() -> Option<u32> {
        with(&NUMBER, |number| **number)
    }

    /// Notes the number when it is dropped.
    struct Notes<'a>(&'a RefCell<Vec<Option<u32>>>);

    impl Drop for Notes<'_> {
        fn drop(&mut self) {
            self.0.borrow_mut().push(number());
        }
    }

    #[test]
    fn a_future_has_its_value_whenever_it_is_polled_or_dropped() {
        let dropped = RefCell::default();
        let mut steps = 0;
        let mut future = Box::pin(scope(&NUMBER, Arc::new(1), async {
            let _notes = Notes(&dropped);
            assert_eq!(number(), Some(1));
            assert_eq!(scope(&NUMBER, Arc::new(2), async { number() }).await, Some(2));
            poll_fn(|_| {
                steps += 1;
                assert_eq!(number(), Some(1));
                Poll::<()>::Pending
            })
            .await;
        }));
        for _ in 0..3 {
            assert_eq!(future.as_mut().now_or_never(), None);
            assert_eq!(number(), None);
        }
        drop(future);
        assert_eq!((steps, dropped.into_inner()), (3, vec![Some(1)]));
    }

    #[test]
    fn a_panic_leaves_the_value_of_before() {
        let outer = scope(&NUMBER, Arc::new(1), async {
            let inner = scope(&NUMBER, Arc::new(2), async { panic!("on purpose") });
            assert!(AssertUnwindSafe(inner).catch_unwind().await.is_err());
            number()
        });
        assert_eq!(outer.now_or_never(), Some(Some(1)));
    }
}

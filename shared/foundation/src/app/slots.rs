//! A place per type for what the rooms cache between requests.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

#[derive(Default)]
pub(super) struct Slots(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Slots {
    pub(super) fn get<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let id = TypeId::of::<T>();
        if let Some(value) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id)
            && let Ok(value) = Arc::clone(value).downcast::<T>()
        {
            return value;
        }
        let mut slots = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let value = Arc::clone(slots.entry(id).or_insert_with(|| Arc::new(T::default())));
        // INVARIANT: the key is the value's own type, so the downcast cannot fail.
        value.downcast::<T>().unwrap_or_default()
    }
}

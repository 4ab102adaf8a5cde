//! The cases are in `tests/ui`.

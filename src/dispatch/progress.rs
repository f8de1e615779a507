//! Who is told how far the sending is.

/// Is told how far a piece of work is.
pub trait Progress: Send + Sync {
    /// A piece of work begins; `total` when it is known.
    fn begin(&self, what: &str, total: u64);
    /// So many more are done.
    fn advance(&self, count: u64);
    /// The piece of work is over.
    fn finish(&self);
    /// Something that people should read.
    fn note(&self, words: &str);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _what: &str, _total: u64) {}
    fn advance(&self, _count: u64) {}
    fn finish(&self) {}
    fn note(&self, _words: &str) {}
}

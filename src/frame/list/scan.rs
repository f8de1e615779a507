//! Goes through a list once, on all cores, in memory that does not depend on its length.
//!
//! Whoever is free reads the next block and works on it; what comes of it is
//! taken in the order of the file. Nobody reads further ahead than a few blocks
//! before the first that is not taken yet.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, PoisonError};

use crate::frame::list::blocks::{Blocks, Cut};
use crate::frame::list::cells::Rows;
use crate::frame::types::FrameError;

/// Blocks that each core may be ahead.
const AHEAD: usize = 16;

/// What stands before a block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Base {
    /// Rows before it, bad ones counted.
    pub record: u64,
    /// Line of the file on which it begins.
    pub line: u64,
}

/// What came of a block: its rows and lines, and what was made of them.
struct Done<T> {
    rows: u64,
    lines: u64,
    result: T,
}

/// Why a scan stops before the end.
pub enum Stop {
    /// A block is not UTF-8.
    NotText,
    /// Anything else.
    Fault(FrameError),
}

/// What all cores share.
struct Shared<'a, R> {
    cut: Cut,
    /// The blocks, and the index of the next one.
    blocks: Mutex<(Blocks<'a, R>, usize)>,
    /// Index of the first block that was not taken yet.
    taken: Mutex<usize>,
    moved: Condvar,
    over: AtomicBool,
    most: usize,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<R: Read> Shared<'_, R> {
    /// Reads the next block, once it is not too far ahead; `None` at the end.
    fn next(&self, room: Vec<u8>) -> Result<Option<(usize, Vec<u8>)>, FrameError> {
        let mut blocks = lock(&self.blocks);
        let index = blocks.1;
        let mut taken = lock(&self.taken);
        while index >= *taken + self.most && !self.over.load(Ordering::Relaxed) {
            taken = self.moved.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        drop(taken);
        if self.over.load(Ordering::Relaxed) {
            return Ok(None);
        }
        blocks.1 += 1;
        Ok(blocks.0.next(room)?.map(|block| (index, block)))
    }

    /// Works until the blocks are over.
    fn work<S, T>(
        &self,
        mut state: S,
        work: &impl Fn(&mut S, usize, &mut Rows) -> T,
        done: &Sender<Result<(usize, Done<T>), Stop>>,
    ) -> S {
        let mut rows = Rows::default();
        loop {
            let one = match self.next(rows.take_text()) {
                Ok(None) => return state,
                Ok(Some((index, block))) => {
                    one(&mut state, index, block, &mut rows, self.cut, work).map(|done| (index, done))
                }
                Err(fault) => Err(Stop::Fault(fault)),
            };
            let failed = one.is_err();
            if done.send(one).is_err() || failed {
                return state;
            }
        }
    }

    /// Takes what comes of the blocks in their order.
    fn take<T>(
        &self,
        done: &Receiver<Result<(usize, Done<T>), Stop>>,
        mut base: Base,
        mut take: impl FnMut(T, Base) -> Result<ControlFlow<()>, FrameError>,
    ) -> Result<(), Stop> {
        let mut early = BTreeMap::new();
        let mut next = 0;
        for one in done {
            let (index, one) = one?;
            early.insert(index, one);
            while let Some(one) = early.remove(&next) {
                if take(one.result, base).map_err(Stop::Fault)?.is_break() {
                    return Ok(());
                }
                base.record += one.rows;
                base.line += one.lines;
                next += 1;
            }
            *lock(&self.taken) = next;
            self.moved.notify_all();
        }
        Ok(())
    }

    fn stop(&self) {
        // Under the lock, so that nobody begins to wait between looking and being told.
        let taken = lock(&self.taken);
        self.over.store(true, Ordering::Relaxed);
        drop(taken);
        self.moved.notify_all();
    }
}

/// Works on one block.
fn one<S, T>(
    state: &mut S,
    index: usize,
    block: Vec<u8>,
    rows: &mut Rows,
    cut: Cut,
    work: &impl Fn(&mut S, usize, &mut Rows) -> T,
) -> Result<Done<T>, Stop> {
    rows.split(String::from_utf8(block).map_err(|_| Stop::NotText)?, cut);
    let (count, lines) = (rows.len() as u64, u64::from(rows.lines));
    Ok(Done { rows: count, lines, result: work(state, index, rows) })
}

/// Reads all blocks: `work` on all cores, each with a state of its own; `take` in the order of the file, until it breaks.
///
/// Returns the states.
pub fn scan<R: Read + Send, S: Send, T: Send>(
    mut blocks: Blocks<'_, R>,
    cut: Cut,
    base: Base,
    start: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize, &mut Rows) -> T + Sync,
    mut take: impl FnMut(T, Base) -> Result<ControlFlow<()>, FrameError>,
) -> Result<Vec<S>, Stop> {
    // Most lists are one block, which is not worth a thread.
    let mut state = start();
    let Some(first) = blocks.next(Vec::new()).map_err(Stop::Fault)? else { return Ok(vec![state]) };
    let done = one(&mut state, 0, first, &mut Rows::default(), cut, &work)?;
    let next = Base { record: base.record + done.rows, line: base.line + done.lines };
    if take(done.result, base).map_err(Stop::Fault)?.is_break() || blocks.over() {
        return Ok(vec![state]);
    }
    let threads = rayon::current_num_threads();
    let shared = Shared {
        cut,
        blocks: Mutex::new((blocks, 0)),
        taken: Mutex::new(0),
        moved: Condvar::new(),
        over: AtomicBool::new(false),
        most: AHEAD * threads,
    };
    let work = |state: &mut S, index: usize, rows: &mut Rows| work(state, index + 1, rows);
    std::thread::scope(|scope| {
        let (send, receive) = channel();
        let begin = |state: S| {
            let (shared, work, send) = (&shared, &work, send.clone());
            scope.spawn(move || shared.work(state, work, &send))
        };
        let mut threads: Vec<_> = vec![begin(state)];
        threads.extend((1..rayon::current_num_threads()).map(|_| begin(start())));
        drop(send);
        let result = shared.take(&receive, next, take);
        shared.stop();
        let states = threads.into_iter().map(|t| t.join().unwrap_or_else(|e| std::panic::resume_unwind(e)));
        let states = states.collect();
        result.map(|()| states)
    })
}
